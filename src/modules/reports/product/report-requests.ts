/** A limit as text (checked by the DTO), raised to 1 or lowered to the maximum; absent or empty: the default. */
export function clampLimit(limit: string | undefined, byDefault: number, max: number): number {
  return limit ? Math.min(Math.max(Number(limit), 1), max) : byDefault;
}

/** `a,b` and repeated parameters → the names, each once; empty ones are dropped. */
export function nameList(names: string | string[] | undefined): string[] {
  const parts = (Array.isArray(names) ? names : [names ?? '']).flatMap((part) => part.split(','));
  return [...new Set(parts.map((name) => name.trim()).filter((name) => name !== ''))];
}
