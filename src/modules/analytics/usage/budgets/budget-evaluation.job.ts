import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnApplicationBootstrap, type OnModuleInit } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { BackgroundJob } from '../../../../infra/jobs/background-job.js';
import { SqlConnector } from '../../../../infra/sql/sql-connector.js';
import { SpendSignal } from '../spend-signal.js';
import { BudgetAlertsService } from './budget-alerts.service.js';

const INTERVAL_MS = 60_000;
/** Calls come in batches: this much later all of a burst are looked at together. */
const AFTER_SPEND_MS = 1000;
/** Under steady spend, at least this many times as long as it took passes before the next look. */
const REST = 4;

/**
 * Looks at the budgets soon after spend has come, and every minute: for periods that begin and end, for messages that
 * another process left behind, and for prices that have changed.
 */
@Injectable()
export class BudgetEvaluationJob extends BackgroundJob implements OnModuleInit, OnApplicationBootstrap {
  private isConnected = false;
  private spends = 0;
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly alerts: BudgetAlertsService,
    private readonly signal: SpendSignal,
    private readonly sql: SqlConnector,
  ) {
    super();
  }

  onModuleInit(): void {
    this.signal.subscribe(() => this.runSoon());
  }

  onApplicationBootstrap(): void {
    void this.sql.ready.then(() => {
      this.isConnected = true;
      return this.run();
    });
  }

  @Interval('budget-evaluation', INTERVAL_MS)
  override async run(): Promise<void> {
    if (this.isConnected) await super.run();
  }

  override async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await super.beforeApplicationShutdown();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    for (let seen: number | undefined; seen !== this.spends;) {
      if (seen !== undefined) await sleep(AFTER_SPEND_MS, undefined, { signal });
      seen = this.spends;
      const start = performance.now();
      try {
        await this.alerts.evaluate(signal);
      } finally {
        // What has fired for others is not to wait for a budget that could not be looked at.
        await this.alerts.sendPending(signal);
      }
      if (seen !== this.spends) await sleep((performance.now() - start) * REST, undefined, { signal });
    }
  }

  protected report(error: unknown): void {
    this.logger.warn(`Budgets were not looked at to the end, trying again: ${String(error)}`);
  }

  private runSoon(): void {
    this.spends++;
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.run();
    }, AFTER_SPEND_MS).unref();
  }
}
