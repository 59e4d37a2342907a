// @ts-check

/**
 * The value below which `share` of the values lie (nearest rank).
 * @param {readonly number[]} values at least one
 * @param {number} share 0..1
 */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  return sorted[rank - 1] ?? NaN;
}

/** @param {readonly number[]} values at least one */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const upper = sorted[Math.floor(middle)] ?? NaN;
  return Number.isInteger(middle) ? ((sorted[middle - 1] ?? NaN) + upper) / 2 : upper;
}

/** @param {readonly number[]} values */
export function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * The straight line nearest to the points (least squares).
 * @param {readonly {x: number, y: number}[]} points at least two, with different x
 * @returns {number} how much y grows when x grows by 1
 */
export function slope(points) {
  const meanX = sum(points.map(({ x }) => x)) / points.length;
  const meanY = sum(points.map(({ y }) => y)) / points.length;
  const together = sum(points.map(({ x, y }) => (x - meanX) * (y - meanY)));
  return together / sum(points.map(({ x }) => (x - meanX) ** 2));
}
