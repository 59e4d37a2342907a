import { Injectable } from '@nestjs/common';
import { DomainError } from '../../../common/errors/domain.error.js';
import type { RecordKind } from '../records/whoop-rows.js';
import { WhoopAuthenticationError, WhoopNotConfiguredError, WhoopUnavailableError } from '../whoop.errors.js';
import { FIRST_SYNC_DAYS, MAX_SYNC_DAYS } from './sync-window.js';
import type { SyncRunRow } from './whoop-sync-runs.repository.js';
import { WhoopSyncService } from './whoop-sync.service.js';

const REFRESH_DAYS = 7;
const TODAY_DAYS = 2;
const AUTHENTICATION_CODES = ['WHOOP_AUTHENTICATION_FAILED', 'WHOOP_REAUTHORISATION_NEEDED', 'WHOOP_CLIENT_REFUSED'];

export interface SyncAnswer {
  run: SyncRunRow;
  totals: Record<RecordKind, number>;
}

export type TodayAnswer = { status: 'success'; run: SyncRunRow } | { status: 'skipped' | 'error'; reason: string };

/** Syncs that somebody asks for and waits for. One that brought nothing is an error, never an empty success. */
@Injectable()
export class WhoopSyncRequestsService {
  constructor(private readonly syncs: WhoopSyncService) {}

  async refresh(days = REFRESH_DAYS): Promise<SyncAnswer> {
    return this.carryOut('manual', Math.min(days, MAX_SYNC_DAYS));
  }

  async full(days = FIRST_SYNC_DAYS): Promise<SyncAnswer> {
    return this.carryOut('full', Math.min(days, MAX_SYNC_DAYS));
  }

  async incremental(): Promise<SyncAnswer> {
    return this.carryOut('incremental', null);
  }

  /** For the opening of a page: never an error, for what is stored is shown anyway. */
  async today(): Promise<TodayAnswer> {
    try {
      const run = await this.syncs.sync('today', TODAY_DAYS);
      if (run.status === 'completed') return { status: 'success', run };
      return { status: 'error', reason: run.errorMessage ?? 'The sync was not completed' };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const status = error instanceof WhoopNotConfiguredError ? 'skipped' : 'error';
      return { status, reason: error instanceof WhoopNotConfiguredError ? error.message : reasonOf(error) };
    }
  }

  private async carryOut(type: 'manual' | 'full' | 'incremental', days: number | null): Promise<SyncAnswer> {
    const run = await this.syncs.sync(type, days);
    if (run.status === 'failed') throw failureOf(run);
    return { run, totals: await this.syncs.totals() };
  }
}

function failureOf({ errorMessage, errorCode }: SyncRunRow): DomainError {
  const reason = errorMessage ?? 'The sync failed';
  return errorCode !== null && AUTHENTICATION_CODES.includes(errorCode)
    ? new WhoopAuthenticationError(reason, errorCode)
    : new WhoopUnavailableError(reason, 60, 'WHOOP_SYNC_FAILED');
}

function reasonOf(error: DomainError): string {
  return error.explanation === undefined ? error.message : `${error.message}: ${error.explanation}`;
}
