import type { EndStatus } from '../store/github-refresh.entity.js';
import type { RefreshItemRow } from '../store/refresh-jobs.repository.js';

export interface RefreshOutcome {
  status: EndStatus;
  errorMessage: string | null;
}

const NAMED = 3;

/** What a refresh came to by what became of each repository. */
export function outcomeOf(items: readonly Pick<RefreshItemRow, 'name' | 'status' | 'error'>[]): RefreshOutcome {
  const faulty = items.filter(({ status }) => status === 'failed' || status === 'partial');
  if (faulty.length === 0) return { status: 'completed', errorMessage: null };
  const named = faulty.slice(0, NAMED).map(({ name, error }) => `${name}: ${error ?? 'unknown reason'}`);
  const more = faulty.length > NAMED ? `; and ${faulty.length - NAMED} more` : '';
  const hasOthers = items.some(({ status }) => status !== 'failed');
  return { status: hasOthers ? 'partial' : 'failed', errorMessage: `${named.join('; ')}${more}` };
}
