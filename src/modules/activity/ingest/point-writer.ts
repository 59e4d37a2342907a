import type { LineSink } from './body-lines.js';

/** Writes the points of one body. Its lines may be read several times, until nothing was supposed wrongly. */
export interface PointWriter {
  /** For the lines from the first on. What was found out stays; points that were taken before are forgotten. */
  begin(): LineSink<unknown>;
  /** False: some of the points that were taken are refused, and the lines must be read again. */
  confirm(): Promise<boolean>;
  /** Stores the points that were taken. Durable when it resolves. */
  store(): Promise<void>;
}
