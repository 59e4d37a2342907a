import fc from 'fast-check';
import { ActorBits, encodeActorSet, orInto, uniteActors } from './actor-set.js';

// Dense, sparse, clustered, and the edges of words.
const numbers = fc.oneof(
  fc.uniqueArray(fc.nat(200), { maxLength: 200 }),
  fc.uniqueArray(fc.nat(2_000_000), { maxLength: 100 }),
  fc.tuple(fc.nat(1_000_000), fc.nat(700)).map(([from, n]) => Array.from({ length: n }, (_, i) => from + i)),
  fc.uniqueArray(fc.constantFrom(0, 31, 32, 63, 64, 127, 128, 129, 16_383, 16_384, 2_097_151, 2_097_152, 3_000_000)),
);

function bitsOf(values: readonly number[], capacity = 0): ActorBits {
  const bits = new ActorBits(capacity);
  values.forEach((n) => bits.add(n));
  return bits;
}

function list(bits: ActorBits): number[] {
  const found: number[] = [];
  bits.forEach((n) => found.push(n));
  return found;
}

const sorted = (values: Iterable<number>): string => [...values].sort((a, b) => a - b).join();

describe('ActorBits', () => {
  it('should hold what a Set holds', () => {
    fc.assert(
      fc.property(numbers, fc.nat(1000), (values, capacity) => {
        const bits = bitsOf([...values, ...values.slice(0, 5)], capacity);
        const expected = new Set(values);
        expect(list(bits).join()).toBe(sorted(expected));
        expect(bits.count()).toBe(expected.size);
        const near = values.slice(0, 50).flatMap((n) => [Math.max(0, n - 1), n, n + 1]);
        expect(near.map((n) => bits.has(n))).toEqual(near.map((n) => expected.has(n)));
      }),
    );
  });
});

describe('encodeActorSet', () => {
  it('should give sets whose union is the union of Sets, wherever the bytes lie', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.nat(9), (a, b, shift) => {
        const encoded = encodeActorSet(bitsOf(a, 100));
        const target = bitsOf(b);
        orInto(target, Buffer.concat([Buffer.alloc(shift), encoded]).subarray(shift));
        expect(list(target).join()).toBe(sorted(new Set([...a, ...b])));
        expect(encodeActorSet(bitsOf(list(target), 5000)).equals(encodeActorSet(target))).toBe(true);
      }),
    );
  });

  it('should be the smaller of list and bitmap', () => {
    const all = Array.from({ length: 50_000 }, (_, i) => i);
    expect(encodeActorSet(bitsOf(all))).toHaveLength(8 + 50_000 / 8 + 2);
    expect(encodeActorSet(bitsOf([49_999]))).toHaveLength(4);
    expect(encodeActorSet(bitsOf(all.filter((n) => n % 100 === 0)))).toHaveLength(501);
    // New actors have the highest numbers: what lies before them takes no room.
    expect(encodeActorSet(bitsOf(all.map((n) => 5_000_000 + n)))).toHaveLength(8 + 50_000 / 8 + 2);
    expect(encodeActorSet(new ActorBits(1000))).toHaveLength(1);
  });

  it('should refuse what it has not written', () => {
    expect(() => orInto(new ActorBits(), Buffer.alloc(0))).toThrow(RangeError);
    expect(() => orInto(new ActorBits(), Buffer.from([9, 1, 2, 3]))).toThrow(RangeError);
  });
});

describe('uniteActors', () => {
  it('should add to a set what a Set would get, in the same bytes as any other way', () => {
    fc.assert(
      fc.property(numbers, numbers, fc.boolean(), (a, b, isNew) => {
        const before = isNew ? undefined : encodeActorSet(bitsOf(a));
        const united = uniteActors(before, Int32Array.from([...b, ...b, -1]));
        expect(encodeActorSet(bitsOf(isNew ? b : [...a, ...b])).equals(united)).toBe(true);
      }),
    );
  });

  it('should not encode again what has the numbers already', () => {
    const many = Int32Array.from({ length: 5000 }, (_, i) => 3 * i);
    const encoded = uniteActors(undefined, many);
    expect(uniteActors(encoded, many.subarray(100, 200))).toBe(encoded);
  });
});
