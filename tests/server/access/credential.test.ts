import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { credentialOf, withoutCredential } from '../../../src/server/access/credential.ts';

describe('a credential', () => {
  it.each<[string, Record<string, string>, string, string | null]>([
    ['the header', { authorization: 'Bearer abc' }, '/health', 'abc'],
    ['the header in any case', { authorization: 'bearer  abc ' }, '/health', 'abc'],
    ['the subprotocol', { 'sec-websocket-protocol': 'heatline, heatline.bearer.abc.d-e_f' }, '/', 'abc.d-e_f'],
    ['the parameter', {}, '/health?x=1&access_token=a%2Bb', 'a+b'],
    ['the header before the parameter', { authorization: 'Bearer abc' }, '/health?access_token=no', 'abc'],
    ['nowhere', { authorization: 'Basic abc', 'sec-websocket-protocol': 'heatline' }, '/health?token=a', null],
  ])('is found in %s', (_where, headers, target, credential) => {
    expect(credentialOf(headers, target)).toBe(credential);
  });

  it.each([
    ['/health', '/health'],
    ['/health?access_token=abc', '/health'],
    ['/x?a=1&access_token=abc&b=2', '/x?a=1&b=2'],
    ['/x?a=1&%61ccess_token=abc', '/x?a=1'],
    ['http://host/x?access%5Ftoken=abc', 'http://host/x'],
    ['/x?access_token=abc&access_token=def', '/x'],
  ])('is taken out of a target however it is written: %s', (target, left) => {
    expect(withoutCredential(target)).toBe(left);
  });

  it('that is found in a target is never left in it', () => {
    const secret = 'S3CRET';
    const part = fc.stringMatching(/^[a-z=&%5F_?#/]{0,12}$/);
    fc.assert(
      fc.property(
        part,
        part,
        fc.constantFrom('access_token=', 'acc%65ss_token=', 'access%5ftoken='),
        (before, after, name) => {
          const target = `/health?${before}&${name}${secret}&${after}`;
          expect(withoutCredential(target)).not.toContain(secret);
        },
      ),
    );
  });
});
