// @ts-check

/** Random numbers that are the same for the same seed on every machine (mulberry32). */
export class Random {
  /** @param {number} seed whole number */
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** @returns {number} 0 inclusive to 1 exclusive */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** @param {number} bound @returns {number} whole, 0 inclusive to `bound` exclusive */
  below(bound) {
    return Math.floor(this.next() * bound);
  }

  /** @param {number} share 0..1 */
  chance(share) {
    return this.next() < share;
  }

  /** @template T @param {readonly T[]} list not empty @returns {T} */
  pick(list) {
    return /** @type {T} */ (list[this.below(list.length)]);
  }
}

/**
 * A seed of its own for each number: neighbours have nothing in common.
 * @param {number} seed @param {number} number
 */
export function mixSeed(seed, number) {
  let mixed = Math.imul(seed ^ (number + 0x9e3779b9), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
