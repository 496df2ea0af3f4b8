/**
 * Where Redis is, out of one URL: a server, a master that Sentinels know by name, or a cluster.
 *
 *   redis://user:password@host:6379/0             rediss:// with TLS
 *   redis+sentinel://:password@s1:26379,s2/name    rediss+sentinel://
 *   redis+cluster://host1:6379,host2               rediss+cluster://
 */
export interface RedisAddress {
  readonly kind: 'server' | 'sentinel' | 'cluster';
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly isEncrypted: boolean;
  readonly username?: string;
  readonly password?: string;
  /** Number of the database of a server. */
  readonly database: number;
  /** Name by which Sentinels know the master. */
  readonly master?: string;
}

const form = /^(rediss?)(?:\+(sentinel|cluster))?:\/\/(?:([^:@/]*)(?::([^@/]*))?@)?([^/?#]+)(?:\/([^/?#]*))?$/;
const hostForm = /^(\[[0-9a-f:.]+\]|[^:[\]\s]+)(?::(\d{1,5}))?$/i;

/** @returns null when the text is no such URL. */
export function redisAddress(url: string): RedisAddress | null {
  const found = form.exec(url);
  if (found === null) return null;
  const [, scheme, kind = 'server', username, password, hostList, path = ''] = found;
  const standardPort = kind === 'sentinel' ? 26379 : 6379;
  const hosts = hostList!.split(',').map((text) => {
    const host = hostForm.exec(text);
    const port = Number(host?.[2] ?? standardPort);
    return host === null || port < 1 || port > 65535 ? null : { host: host[1]!.replace(/^\[|\]$/g, ''), port };
  });
  if (hosts.includes(null)) return null;
  if (kind === 'server' && (hosts.length !== 1 || !/^\d*$/.test(path))) return null;
  if (kind === 'sentinel' ? path === '' : kind === 'cluster' && path !== '') return null;
  return {
    kind: kind as RedisAddress['kind'],
    hosts: hosts as RedisAddress['hosts'],
    isEncrypted: scheme === 'rediss',
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    database: kind === 'server' ? Number(path) : 0,
    ...(kind === 'sentinel' && { master: path }),
  };
}

/** For people: without what is secret. */
export function shownAddress({ kind, hosts, isEncrypted, database, master }: RedisAddress): string {
  const scheme = `${isEncrypted ? 'rediss' : 'redis'}${kind === 'server' ? '' : `+${kind}`}`;
  const list = hosts.map(({ host, port }) => `${host.includes(':') ? `[${host}]` : host}:${port}`).join(',');
  const path = kind === 'server' ? (database === 0 ? '' : `/${database}`) : kind === 'sentinel' ? `/${master}` : '';
  return `${scheme}://${list}${path}`;
}
