import { readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { overrideModels, parsePriceFile, PriceFileError } from './price-file.js';
import type { PricedModel } from './price-list.js';

const BUILT_IN = fileURLToPath(new URL('./prices.json', import.meta.url));
const MAX_BYTES = 8 * 1024 * 1024;

/** The price file that comes with the server, and one of the operator's that overrides and extends it. */
export class PriceSource {
  constructor(private readonly override: string | undefined) {}

  /** Changes whenever a file changes, appears or goes. */
  async fingerprint(): Promise<string> {
    const files = [BUILT_IN, ...(this.override === undefined ? [] : [this.override])];
    const marks = await Promise.all(files.map((file) => markOf(file)));
    return marks.join(' ');
  }

  /** @throws PriceFileError whose problems name the file that they are in. */
  async read(): Promise<PricedModel[]> {
    const models = await readModels(BUILT_IN, 'the built-in price file');
    if (this.override === undefined) return models;
    return overrideModels(models, await readModels(this.override, 'PRICE_FILE'));
  }
}

async function markOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs}:${size}:${ino}`;
  } catch (error) {
    return codeOf(error);
  }
}

async function readModels(path: string, name: string): Promise<PricedModel[]> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new PriceFileError([`it has more than ${MAX_BYTES / 1024 / 1024} MiB`]);
    return parsePriceFile(await readFile(path, 'utf8'));
  } catch (error) {
    const problems = error instanceof PriceFileError ? error.problems : [`it cannot be read (${codeOf(error)})`];
    throw new PriceFileError(problems.map((problem) => `${name}: ${problem}`));
  }
}

/** Without the path, which is nobody's business outside. */
function codeOf(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : 'unknown error';
}
