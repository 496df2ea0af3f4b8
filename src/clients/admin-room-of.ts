/** A thread's room for the administrator, with the log of that thread. */
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { AdminRoom } from '../server/admin/admin-room.ts';

export function adminRoomOf(config: Config, logger: Logger, thread: number): AdminRoom {
  return new AdminRoom({
    thread,
    // Beside those of several connection threads there is that of the main thread, for its log.
    rooms: config.connectionThreads === 1 ? 1 : config.connectionThreads + 1,
    maxTaps: config.admin?.maxTaps ?? 0,
    logLevel: () => logger.level,
    setLogLevel: (level) => {
      logger.level = level;
    },
  });
}
