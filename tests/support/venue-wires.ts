/** A simulated venue's sockets and requests in memory, on the clock of a test: nothing happens but when that clock is moved. */
import type { FeedClock } from '../../src/feed/pace.ts';
import type { OpenVenueSocket, VenueGet } from '../../src/feed/venues/venue-socket.ts';
import type { Session, VenueSimulator } from './venue-simulator.ts';

const handshakeMs = 5;
const roundTripMs = 10;

export function venueWires(
  simulator: VenueSimulator,
  clock: FeedClock,
): { openSocket: OpenVenueSocket; get: VenueGet } {
  return {
    openSocket(url, events) {
      let session: Session | null = null;
      let isOurs = true;
      clock.setTimer(() => {
        if (!isOurs) return;
        const answer = simulator.connect(new URL(url).pathname, {
          send: (text) => isOurs && events.message(text),
          ping: () => session?.ponged(),
          close: (code, reason) => {
            if (!isOurs) return;
            isOurs = false;
            events.closed(`${code} ${reason}`);
          },
        });
        if (typeof answer === 'number') {
          isOurs = false;
          events.closed(`refused with ${answer}`);
          return;
        }
        session = answer;
        events.opened();
      }, handshakeMs);
      return {
        send: (text) => session?.received(text),
        close: () => {
          isOurs = false;
          session?.closed();
        },
      };
    },
    get: (url, signal) =>
      new Promise((resolve, reject) => {
        clock.setTimer(() => {
          if (signal.aborted) {
            reject(new Error('aborted'));
            return;
          }
          const { status, headers, body } = simulator.request(new URL(url));
          resolve({ status, headers: new Map(Object.entries(headers)), body });
        }, roundTripMs);
      }),
  };
}
