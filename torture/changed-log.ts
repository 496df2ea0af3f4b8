/** A log that does some things otherwise and is the same one in all else. */
import type { EventLog } from '../src/log/event-log.ts';

export function changedLog(log: EventLog, methods: Partial<EventLog>): EventLog {
  return new Proxy(log, {
    get(target, name) {
      const own = Reflect.get(methods, name) ?? Reflect.get(target, name);
      return typeof own === 'function' ? own.bind(target) : own;
    },
  });
}
