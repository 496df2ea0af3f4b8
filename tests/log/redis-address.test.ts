import { describe, expect, it } from 'vitest';
import { redisAddress, shownAddress } from '../../src/log/redis-address.ts';

describe('a Redis URL', () => {
  it.each([
    ['redis://localhost', { kind: 'server', hosts: [{ host: 'localhost', port: 6379 }], database: 0 }],
    ['redis://u:p%40ss@10.0.0.1:7000/3', { username: 'u', password: 'p@ss', database: 3 }],
    ['redis://:secret@[::1]:7000', { password: 'secret', hosts: [{ host: '::1', port: 7000 }] }],
    ['rediss://cache.example:6380', { isEncrypted: true, hosts: [{ host: 'cache.example', port: 6380 }] }],
    [
      'redis+sentinel://:x@s1,s2:27000/main',
      {
        kind: 'sentinel',
        master: 'main',
        hosts: [
          { host: 's1', port: 26379 },
          { host: 's2', port: 27000 },
        ],
      },
    ],
    ['rediss+cluster://a:1,b:2', { kind: 'cluster', isEncrypted: true }],
  ])('%s names where it is', (url, address) => {
    expect(redisAddress(url)).toMatchObject(address);
  });

  it.each([
    'http://localhost',
    'localhost',
    'redis://',
    'redis://a,b',
    'redis://a/x',
    'redis://a:99999',
    'redis+sentinel://a',
    'redis+cluster://a/1',
  ])('%s is none', (url) => expect(redisAddress(url)).toBeNull());

  it('is shown without its secrets', () => {
    for (const url of [
      'redis://u:secret@h:1/2',
      'rediss+sentinel://u:secret@h:1,[::1]:2/m',
      'redis+cluster://:secret@h:1',
    ]) {
      expect(shownAddress(redisAddress(url)!)).toBe(url.replace(/u?:secret@/, ''));
    }
  });
});
