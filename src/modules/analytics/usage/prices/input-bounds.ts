/**
 * Lengths of input, in tokens, from which a whole call may cost more. Vendors use the first two and 272,000. Calls are summed up
 * by these, so a price file can name no others.
 */
export const INPUT_BOUNDS: readonly number[] = [128_000, 200_000, 256_000, 272_000, 400_000, 512_000, 1_000_000];
