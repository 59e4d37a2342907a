/** Middle value of `values[0 … length)`, or the mean of the two middle ones; `null` of nothing. Reorders the values. */
export function median(values: Float64Array, length = values.length): number | null {
  if (length === 0) return null;
  const upper = selectRank(values, length, length >> 1);
  if (length % 2 === 1) return upper;
  // What stands before a selected rank is not above it.
  let lower = -Infinity;
  for (let i = 0; i < length >> 1; i++) if (values[i]! > lower) lower = values[i]!;
  return (lower + upper) / 2;
}

/**
 * The smallest value that at least the given share (0 to 1) of `values[0 … length)` does not exceed (nearest rank, so
 * always one of the values); `null` of nothing. Reorders the values.
 */
export function percentile(values: Float64Array, share: number, length = values.length): number | null {
  if (length === 0) return null;
  return selectRank(values, length, Math.max(0, Math.ceil(share * length) - 1));
}

/**
 * The value at `rank` (from 0) if `values[0 … length)` were sorted. Afterwards it stands there, nothing above it
 * before and nothing below it behind. In time proportional to the length (Hoare's selection with a random pivot;
 * equal values are set aside, so that many of them do not slow it down).
 */
function selectRank(values: Float64Array, length: number, rank: number): number {
  let low = 0;
  let high = length - 1;
  while (low < high) {
    const pivot = values[low + Math.floor(Math.random() * (high - low + 1))]!;
    let below = low;
    let above = high;
    for (let i = low; i <= above;) {
      const value = values[i]!;
      if (value < pivot) {
        values[i++] = values[below]!;
        values[below++] = value;
      } else if (value > pivot) {
        values[i] = values[above]!;
        values[above--] = value;
      } else i++;
    }
    if (rank < below) high = below - 1;
    else if (rank > above) low = above + 1;
    else return pivot;
  }
  return values[low]!;
}
