/**
 * The credential of whoever looks, where the server asks for one: given once in the address, behind `#access_token=`, which browsers send
 * to nobody. It is kept for this tab and taken out of sight.
 */
const parameter = 'access_token';

function taken(): string | null {
  const given = new URLSearchParams(location.hash.slice(1)).get(parameter);
  if (given !== null) {
    sessionStorage.setItem(parameter, given);
    history.replaceState(null, '', location.pathname + location.search);
  }
  return given ?? sessionStorage.getItem(parameter);
}

export const credential = taken();

/** As `fetch`. @throws {Error} that says what to do when the server wants another credential, or one at all. */
export async function ask(address: string, init: RequestInit = {}): Promise<Response> {
  const headers = credential === null ? {} : { Authorization: `Bearer ${credential}` };
  const response = await fetch(address, { ...init, headers });
  if (response.status !== 401 && response.status !== 403) return response;
  throw new Error(`this server asks for a key: open ${location.pathname}#${parameter}=KEY`);
}

/** A page cannot set headers of a WebSocket: the credential goes as a subprotocol. */
export function streamSocket(): WebSocket {
  const url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws/heatmap`;
  return credential === null ? new WebSocket(url) : new WebSocket(url, ['heatline', `heatline.bearer.${credential}`]);
}
