/**
 * Disjoint stretches of time in order, as `[start, end, start, end, …]` in epoch milliseconds: starts inclusive, ends
 * exclusive, no empty stretch, and no two that touch.
 */
export type Intervals = Float64Array;

export const NO_TIME: Intervals = new Float64Array(0);

/**
 * The time covered by any of the stretches `starts[i]` to `ends[i]`, which may overlap and come in any order; empty and
 * reversed ones cover nothing. Both arrays are sorted in place: which start belongs to which end does not matter to a union.
 */
export function unionOf(starts: Float64Array, ends: Float64Array): Intervals {
  const count = keepFilled(starts, ends);
  const opening = starts.subarray(0, count).sort();
  const closing = ends.subarray(0, count).sort();
  const out = new Float64Array(2 * count);
  let length = 0;
  let open = 0;
  let next = 0;
  for (let i = 0; i < count; i++) {
    const end = closing[i]!;
    // At the same instant first what begins: stretches that touch are one.
    while (next < count && opening[next]! <= end) {
      if (open++ === 0) out[length++] = opening[next]!;
      next++;
    }
    if (--open === 0) out[length++] = end;
  }
  return out.slice(0, length);
}

/** Moves the stretches that are not empty to the front; returns how many these are. */
function keepFilled(starts: Float64Array, ends: Float64Array): number {
  let kept = 0;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]!;
    const end = ends[i]!;
    if (!(end > start)) continue;
    starts[kept] = start;
    ends[kept] = end;
    kept++;
  }
  return kept;
}

/** Time in both. */
export function intersection(a: Intervals, b: Intervals): Intervals {
  const out = new Float64Array(a.length + b.length);
  let length = 0;
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const start = Math.max(a[i]!, b[j]!);
    const end = Math.min(a[i + 1]!, b[j + 1]!);
    if (end > start) {
      out[length++] = start;
      out[length++] = end;
    }
    if (a[i + 1]! < b[j + 1]!) i += 2;
    else j += 2;
  }
  return out.slice(0, length);
}

/** Time in `a` but not in `b`. */
export function difference(a: Intervals, b: Intervals): Intervals {
  const out = new Float64Array(a.length + b.length);
  let length = 0;
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    const end = a[i + 1]!;
    let start = a[i]!;
    while (j < b.length && b[j + 1]! <= start) j += 2;
    for (let k = j; k < b.length && b[k]! < end; k += 2) {
      if (b[k]! > start) {
        out[length++] = start;
        out[length++] = b[k]!;
      }
      start = b[k + 1]!;
    }
    if (start < end) {
      out[length++] = start;
      out[length++] = end;
    }
  }
  return out.slice(0, length);
}

/** The part between two instants. */
export function between(intervals: Intervals, from: number, toExclusive: number): Intervals {
  if (toExclusive <= from) return NO_TIME;
  let first = firstEndingAfter(intervals, from);
  const start = first;
  while (first < intervals.length && intervals[first]! < toExclusive) first += 2;
  const out = intervals.slice(start, first);
  if (out.length === 0) return NO_TIME;
  out[0] = Math.max(out[0]!, from);
  out[out.length - 1] = Math.min(out[out.length - 1]!, toExclusive);
  return out;
}

/** Milliseconds. */
export function totalOf(intervals: Intervals): number {
  let total = 0;
  for (let i = 0; i < intervals.length; i += 2) total += intervals[i + 1]! - intervals[i]!;
  return total;
}

export function* pieces(intervals: Intervals): Generator<readonly [start: number, end: number], void, undefined> {
  for (let i = 0; i < intervals.length; i += 2) yield [intervals[i]!, intervals[i + 1]!];
}

/** Index of the first stretch that ends after an instant. */
function firstEndingAfter(intervals: Intervals, instant: number): number {
  let low = 0;
  let high = intervals.length / 2;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (intervals[2 * middle + 1]! <= instant) low = middle + 1;
    else high = middle;
  }
  return 2 * low;
}
