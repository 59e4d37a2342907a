import type { JobData } from './job-queue.js';

const MAX_BYTES = 65_536;

/** @throws Error when the data are larger than a row should be */
export function jobText(data: JobData): string {
  const text = JSON.stringify(data);
  if (Buffer.byteLength(text) > MAX_BYTES) throw new Error(`A job keeps at most ${MAX_BYTES} bytes`);
  return text;
}
