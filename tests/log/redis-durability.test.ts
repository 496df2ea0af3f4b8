import { describe, expect, it } from 'vitest';
import { durabilityOf } from '../../src/log/redis-durability.ts';

describe('what Redis keeps', () => {
  it.each([
    ['yes', 'always', 0, true, 'appendfsync always'],
    ['yes', 'everysec', 0, false, 'appendfsync everysec'],
    ['no', 'always', 0, false, 'appendonly no'],
    ['yes', 'always', 1, false, '1 replicas'],
  ])(
    'appendonly %s, appendfsync %s, %i replicas: durable %s',
    (appendonly, appendfsync, replicas, isDurable, words) => {
      const durability = durabilityOf({ appendonly, appendfsync }, replicas);
      expect(durability.isDurable).toBe(isDurable);
      expect(durability.text).toContain(words);
      expect(durability.text.includes('new epoch')).toBe(!isDurable);
    },
  );
});
