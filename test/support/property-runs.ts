/** For `fc.assert`: as many runs as usual, or as many as PROPERTY_RUNS says if those are more. */
export function propertyRuns(usual: number): { numRuns: number } {
  return { numRuns: Math.max(usual, Number(process.env.PROPERTY_RUNS ?? 0)) };
}
