import { UnavailableError } from '../errors/domain.error.js';

/** Counts the bytes of bodies that are held in memory, so that many at once are refused before they fill it. */
export class BodyBudget {
  private held = 0;
  private readonly byRequest = new WeakMap<object, number>();

  constructor(private readonly maxBytes: number) {}

  /** Undefined, or why there is no room; then nothing more is counted, and what was stays until `release`. */
  take(request: object, bytes: number): UnavailableError | undefined {
    if (this.held + bytes > this.maxBytes) {
      return new UnavailableError('Too much is being received; try again in a moment', 1, 'OVERLOADED');
    }
    this.held += bytes;
    this.byRequest.set(request, this.heldBy(request) + bytes);
    return undefined;
  }

  heldBy(request: object): number {
    return this.byRequest.get(request) ?? 0;
  }

  /** When the request is answered. May be called again, and for requests that hold nothing. */
  release(request: object): void {
    this.held -= this.heldBy(request);
    this.byRequest.delete(request);
  }
}
