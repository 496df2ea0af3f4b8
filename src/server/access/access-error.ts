/** Why access control could not begin, in words that name the setting. `cause` is what reading or parsing threw. */
export class AccessError extends Error {
  override readonly name = 'AccessError';

  constructor(setting: string, path: string, cause: Error) {
    super(`${setting}: '${path}' cannot be used: ${cause.message}`, { cause });
  }
}
