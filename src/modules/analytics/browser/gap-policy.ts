/** What a stretch without any signal counts: up to 30 minutes of it, or nothing. */
export const GAP_POLICIES = ['cap', 'drop'] as const;
export type GapPolicy = (typeof GAP_POLICIES)[number];

export const LONGEST_GAP_MS = 30 * 60_000;
