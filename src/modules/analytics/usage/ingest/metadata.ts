import { RowProblem } from './row-checks.js';

const MAX_BYTES = 32 * 1024;
const MAX_DEPTH = 10;
const MAX_KEYS = 100;

/**
 * Free-form data as the JSON that is stored.
 * @throws RowProblem when it is no object, or too large
 */
export function storedMetadata(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value)) throw new RowProblem('metadata', 'metadata must be an object');
  checkShape(value, 1);
  const json = JSON.stringify(value);
  if (json.length > MAX_BYTES || Buffer.byteLength(json) > MAX_BYTES) {
    throw new RowProblem('metadata', 'metadata must have at most 32 KB');
  }
  return json;
}

function checkShape(value: object, depth: number): void {
  if (depth > MAX_DEPTH) throw new RowProblem('metadata', `metadata must have at most ${MAX_DEPTH} levels`);
  const members: unknown[] = Array.isArray(value) ? value : Object.values(value);
  if (!Array.isArray(value) && members.length > MAX_KEYS) {
    throw new RowProblem('metadata', `metadata must have at most ${MAX_KEYS} keys a level`);
  }
  for (const member of members) if (typeof member === 'object' && member !== null) checkShape(member, depth + 1);
}
