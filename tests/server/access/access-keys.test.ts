import { describe, expect, it } from 'vitest';
import { parseAccessKeys } from '../../../src/server/access/access-keys.ts';
import { sha256Of } from '../../support/credentials.ts';

const sha256 = sha256Of('k');

describe('the file of keys', () => {
  it('holds names and digests, and limits and scopes where they differ from the settings', () => {
    const limited = {
      name: 'b',
      sha256: sha256Of('2'),
      scopes: ['status'],
      max_connections: 3,
      messages_per_second: 5,
    };
    const keys = parseAccessKeys(JSON.stringify({ keys: [{ name: 'a', sha256 }, limited] }));
    expect(keys.get(sha256)).toEqual({
      name: 'a',
      scopes: ['stream', 'history', 'status'],
      maxConnections: undefined,
      messagesPerSecond: undefined,
    });
    expect(keys.get(sha256Of('2'))).toEqual({
      name: 'b',
      scopes: ['status'],
      maxConnections: 3,
      messagesPerSecond: 5,
    });
  });

  it.each<[string, string, RegExp]>([
    ['is no JSON', 'desk abc', /not JSON/],
    ['has no keys', '{}', /'keys'/],
    [
      'has a key in plain',
      JSON.stringify({ keys: [{ name: 'a', sha256: 'secret' }] }),
      /'keys\.0\.sha256': must be 64/,
    ],
    ['has a key without a name', JSON.stringify({ keys: [{ sha256 }] }), /'keys\.0\.name'/],
    [
      'has a field that is none',
      JSON.stringify({ keys: [{ name: 'a', sha256, max_conections: 1 }] }),
      /max_conections/,
    ],
    ['has a scope that is none', JSON.stringify({ keys: [{ name: 'a', sha256, scopes: ['all'] }] }), /scopes/],
    [
      'has one key twice',
      JSON.stringify({
        keys: [
          { name: 'a', sha256 },
          { name: 'b', sha256 },
        ],
      }),
      /twice/,
    ],
  ])('that %s is refused with what is wrong, and without what it holds', (_what, text, problem) => {
    expect(() => parseAccessKeys(text)).toThrow(problem);
    expect(() => parseAccessKeys(text)).not.toThrow(/secret/);
  });
});
