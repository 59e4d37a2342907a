export interface LanguageBytes {
  name: string;
  bytes: number;
}

/** Bytes of a line, on average over many repositories. */
const BYTES_PER_LINE = 36;
const PYTHON_BYTES_PER_LINE = 45;

/** Lines by the bytes of each language that GitHub tells: rough, for where there is no git. */
export function estimateLines(languages: readonly LanguageBytes[]): number {
  const lines = languages.map(
    ({ name, bytes }) => bytes / (name === 'Python' ? PYTHON_BYTES_PER_LINE : BYTES_PER_LINE),
  );
  return Math.round(lines.reduce((sum, one) => sum + one, 0));
}
