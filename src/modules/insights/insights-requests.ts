import type { HistoryQuery } from './dto/insights.query.js';

const DEFAULT_LIMIT = 10;
const MAX_LIMIT = 100;

/** An empty parameter counts as absent; a limit is brought within its bounds. */
export function toHistoryLimit({ limit }: HistoryQuery): number {
  return limit ? Math.min(Math.max(Number(limit), 1), MAX_LIMIT) : DEFAULT_LIMIT;
}
