export type RecoveryStatus = 'green' | 'yellow' | 'red' | 'unknown';

const GREEN_FROM = 67;
const YELLOW_FROM = 34;

/** WHOOP's own colours; a recovery without a score has none. */
export function recoveryStatus(score: number | null): RecoveryStatus {
  if (score === null) return 'unknown';
  if (score >= GREEN_FROM) return 'green';
  return score >= YELLOW_FROM ? 'yellow' : 'red';
}
