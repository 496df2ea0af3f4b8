/** Why the server could not begin to listen, in words that name the setting to change. `cause` is the system's own error. */
export class ListenError extends Error {
  override readonly name = 'ListenError';

  constructor(host: string, port: number, cause: NodeJS.ErrnoException) {
    super(explain(host, port, cause), { cause });
  }
}

function explain(host: string, port: number, cause: NodeJS.ErrnoException): string {
  switch (cause.code) {
    case 'EADDRINUSE':
      return `PORT ${port} is already in use on ${host}; choose another with --port`;
    case 'EACCES':
      return `PORT ${port} may not be opened by this user; choose one from 1024 up with --port`;
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `HOST '${host}' is not an address of this machine; choose 0.0.0.0 (all) or 127.0.0.1 (this machine only) with --host`;
    default:
      return `cannot listen on HOST '${host}', PORT ${port}: ${cause.message}`;
  }
}
