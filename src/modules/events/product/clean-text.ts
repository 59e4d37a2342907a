/// <reference lib="es2024.string" />
/** Text that every store and JSON reader keeps as it is: no NUL, no half of a surrogate pair. */
export function isCleanText(text: string): boolean {
  return text.isWellFormed() && !text.includes('\u0000');
}
