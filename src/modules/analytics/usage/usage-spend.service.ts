import { Injectable } from '@nestjs/common';
import type { Span } from '../../../common/time/calendar.js';
import { AiFiguresService, type CallQuery } from './calls/ai-figures.service.js';
import { quarterOf } from './quarter.js';
import { UsageTransactions } from './usage-transaction.repository.js';

export type SpendScope = 'all' | 'user' | 'project' | 'model';

export interface SpendQuery {
  scope: SpendScope;
  /** The user, project or model as calls name it; not looked at for `all`. */
  id?: string;
  /** Epoch milliseconds, taken down to the quarter of an hour in which they lie: so fine are the rollups. */
  from: number;
  toExclusive: number;
}

export interface Spend {
  calls: number;
  /** Calls whose cost nobody knows: they are not part of `nanoUsd`. */
  unpricedCalls: number;
  /** Whole nano-dollars (10⁻⁹ USD) by the prices in force now. */
  nanoUsd: number;
}

/** What AI calls have cost, answered from rollups by the prices in force at the time of the question. */
@Injectable()
export class UsageSpendService {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly figures: AiFiguresService,
  ) {}

  async spend({ scope, id, ...span }: SpendQuery): Promise<Spend> {
    const query: CallQuery = scope === 'all' ? {} : { [scope]: id ?? '' };
    return this.transactions.read(async (transaction) => {
      const [figures] = await this.figures.ofSpans(transaction, [aligned(span)], query);
      const { calls, unpricedCalls, nanoUsd } = figures!;
      return { calls, unpricedCalls, nanoUsd };
    });
  }
}

function aligned({ from, toExclusive }: Span): Span {
  return { from: quarterOf(from), toExclusive: quarterOf(toExclusive) };
}
