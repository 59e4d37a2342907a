import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/clock.js';
import { AiFiguresService, type CallFigures, type CallQuery } from '../calls/ai-figures.service.js';
import { UsageTransactions, type UsageTransaction } from '../usage-transaction.repository.js';
import { aiStats, averageResponseSeconds, costUsd, ratio, type AiStats } from './figures.js';
import { reportDays, spanOf, type ReportDays } from './report-days.js';
import type { DayRequest } from './user-stats.service.js';

export type AiStatsOfDay = { date: string } & AiStats;

/** The part that one model or user has in the calls of a period. */
export interface CallShare {
  total_calls: number;
  tokens_used: number;
  average_response_time: number;
  error_count: number;
  error_rate: number;
  share: number;
  cost_usd: number | null;
  unpriced_calls: number;
}

export type ModelShare = { model: string } & CallShare;
export type UserShare = { user_id: string } & CallShare;

/** A model that the price file does not know, or whose calls do not say what their tokens were. */
export interface UnpricedModel {
  model: string;
  provider: string | null;
  unpriced_calls: number;
  unknown_model_calls: number;
  no_split_calls: number;
  tokens_used: number;
}

const DEFAULT_MODELS = 1000;
const DEFAULT_USERS = 100;

/** What AI calls were made, by whom, and what they cost. */
@Injectable()
export class AiStatsService {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly figures: AiFiguresService,
    private readonly clock: Clock,
  ) {}

  async perDay({ start, end, timeZone }: DayRequest, query: CallQuery): Promise<AiStatsOfDay[]> {
    const days = reportDays({ start, end }, timeZone, this.clock.now());
    return this.transactions.read((transaction) => this.ofDays(transaction, days, query));
  }

  /** Most used first, equal ones by name. */
  async models({ start, end, timeZone }: DayRequest, limit = DEFAULT_MODELS): Promise<ModelShare[]> {
    const days = reportDays({ start, end }, timeZone, this.clock.now());
    return this.transactions.read((transaction) => this.modelsOf(transaction, days, limit));
  }

  /** Most calls first, equal ones by name. */
  async users({ start, end, timeZone }: DayRequest, limit = DEFAULT_USERS): Promise<UserShare[]> {
    const { span } = reportDays({ start, end }, timeZone, this.clock.now());
    return this.transactions.read(async (transaction) => {
      const [all] = await this.figures.ofSpans(transaction, [span]);
      const users = await this.figures.users(transaction, span, limit);
      return users.map(({ user, ...figures }) => ({ user_id: user, ...shareOf(figures, all!.calls) }));
    });
  }

  /** Most calls without a price first, equal ones by name. */
  async unpriced({ start, end, timeZone }: DayRequest, limit = DEFAULT_MODELS): Promise<UnpricedModel[]> {
    const { span } = reportDays({ start, end }, timeZone, this.clock.now());
    const models = await this.transactions.read((transaction) => this.figures.unpriced(transaction, span));
    return models.slice(0, limit).map(({ model, provider, tokens, reasons }) => ({
      model,
      provider: provider === '' ? null : provider,
      unpriced_calls: reasons.unknown_model + reasons.no_split,
      unknown_model_calls: reasons.unknown_model,
      no_split_calls: reasons.no_split,
      tokens_used: tokens,
    }));
  }

  async ofDays(transaction: UsageTransaction, { days }: ReportDays, query: CallQuery = {}): Promise<AiStatsOfDay[]> {
    const figures = await this.figures.timedOfSpans(transaction, days.map(spanOf), query);
    return figures.map((figure, i) => ({ date: days[i]!.label, ...aiStats(figure) }));
  }

  async modelsOf(transaction: UsageTransaction, { span }: ReportDays, limit = DEFAULT_MODELS): Promise<ModelShare[]> {
    const models = await this.figures.models(transaction, span);
    const calls = models.reduce((sum, figures) => sum + figures.calls, 0);
    return models.slice(0, limit).map(({ model, ...figures }) => ({ model, ...shareOf(figures, calls) }));
  }
}

function shareOf(figures: CallFigures, allCalls: number): CallShare {
  return {
    total_calls: figures.calls,
    tokens_used: figures.tokens,
    average_response_time: averageResponseSeconds(figures),
    error_count: figures.errors,
    error_rate: ratio(figures.errors, figures.calls),
    share: ratio(figures.calls, allCalls),
    cost_usd: costUsd(figures),
    unpriced_calls: figures.unpricedCalls,
  };
}
