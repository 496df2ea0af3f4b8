/**
 * Whether something a test needs from outside (a recording, a Debian package, root) is there.
 *
 * A stranger's machine skips such a test by name; where `CI=true` a missing piece is a failure, because there it was promised.
 */
export function available(what: string, isThere: boolean): boolean {
  if (!isThere && process.env.CI === 'true') throw new Error(`${what} is not there, and CI may skip nothing`);
  return isThere;
}
