import { emptyMemoryStore, MemoryEventLog } from '../../src/log/memory-event-log.ts';
import { eventLogAcceptance } from '../support/event-log-acceptance.ts';

eventLogAcceptance('memory', async () => {
  const store = emptyMemoryStore();
  const log = new MemoryEventLog(store);
  return { log, reopen: async () => new MemoryEventLog(store), dispose: async () => {} };
});
