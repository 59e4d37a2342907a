/**
 * An error whose body is laid down by an old or foreign protocol (`/db/health`, `/api/v2/*`) and is sent
 * exactly as given, in place of Almanac's own error body.
 */
export class WireError extends Error {
  constructor(
    readonly status: number,
    readonly body: Record<string, unknown>,
    message: string,
  ) {
    super(message);
    this.name = 'WireError';
  }
}
