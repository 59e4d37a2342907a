import { Injectable } from '@nestjs/common';

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

/** A model as calls have named it. */
export interface SeenModel {
  provider: string | null;
  model: string;
  calls: number;
  unpricedCalls: number;
}

/** What AI calls have cost, answered from rollups by the prices in force at the time of the question. */
@Injectable()
export class UsageSpendService {
  spend(_query: SpendQuery): Promise<Spend> {
    throw new Error('Not written yet');
  }

  /** Every model that was called in the time, most calls first, equal counts by name. */
  models(_span: { from: number; toExclusive: number }): Promise<SeenModel[]> {
    throw new Error('Not written yet');
  }
}
