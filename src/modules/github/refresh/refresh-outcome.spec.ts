import type { RefreshItemStatus } from '../store/github-refresh.entity.js';
import { outcomeOf } from './refresh-outcome.js';

const items = (...statuses: RefreshItemStatus[]) =>
  statuses.map((status, i) => ({ name: `ann/r${i}`, status, error: status === 'failed' ? 'broken' : null }));

describe('outcomeOf', () => {
  it.each([
    ['nothing at all', items(), 'completed'],
    ['new figures, old ones and nothing to read', items('updated', 'unchanged', 'skipped'), 'completed'],
    ['one of several that failed', items('updated', 'failed', 'unchanged'), 'partial'],
    ['one that was read in part', items('partial'), 'partial'],
    ['all that failed', items('failed', 'failed'), 'failed'],
  ])('should judge %s', (_, list, status) => expect(outcomeOf(list).status).toBe(status));

  it('should name what failed, not all of it where it is much', () => {
    expect(outcomeOf(items('updated', 'failed')).errorMessage).toBe('ann/r1: broken');
    const many = items('updated', 'failed', 'failed', 'failed', 'failed', 'failed');
    expect(outcomeOf(many).errorMessage).toBe('ann/r1: broken; ann/r2: broken; ann/r3: broken; and 2 more');
  });
});
