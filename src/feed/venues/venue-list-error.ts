/** A venue did not say what it lists. `cause` is why its last answer was none. */
export class VenueListError extends Error {
  override readonly name = 'VenueListError';

  constructor(venue: string, address: string, timeoutMs: number, cause: unknown) {
    super(
      `${venue} (${address}) did not tell its symbols within ${timeoutMs / 1000} s: ${innermost(cause)}. SYMBOLS=all needs every venue at the start: name the symbols, or leave ${venue} out of VENUES`,
      { cause },
    );
  }
}

/** What `fetch` says of itself is only that it failed. */
function innermost(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? innermost(error.cause) : error.message;
}
