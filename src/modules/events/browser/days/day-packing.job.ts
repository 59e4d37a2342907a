import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { Clock } from '../../../../common/time/clock.js';
import { MongoJob } from '../../../../infra/jobs/mongo-job.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { MongoConnector } from '../../../../infra/mongo/mongo-connector.js';
import { utcDayOf, type DayPlace } from './browser-day.js';
import { BrowserDaysRepository } from './browser-days.repository.js';
import { DayColumnsService } from './day-columns.service.js';

const INTERVAL_MS = 5000;
const LEASE_MS = 30_000;
const STEP = 200;
/** A day of the past gets its events at once, by a resent batch or a new account's history. */
const QUIET_MS = 2000;
/** Yesterday and today are still being added to: to pack them after every sync would cost as much as the syncs. */
const RECENT_DAYS = 1;
const QUIET_RECENT_MS = 600_000;

/** Packs days before somebody asks for them. */
@Injectable()
export class DayPackingJob extends MongoJob {
  constructor(
    connector: MongoConnector,
    private readonly leases: LeaseService,
    private readonly days: BrowserDaysRepository,
    private readonly columns: DayColumnsService,
    private readonly clock: Clock,
  ) {
    super(connector);
  }

  @Interval('browser-day-packing', INTERVAL_MS)
  override run(): Promise<void> {
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    if ((await this.listDirty(1)).length === 0) return;
    await this.leases.withLease('browser-day-packing', LEASE_MS, (lost) =>
      this.packAll(AbortSignal.any([lost, signal])),
    );
  }

  protected report(error: unknown): void {
    this.logger.warn(`Packing days of browsing waits for the next run: ${String(error)}`);
  }

  private async packAll(signal: AbortSignal): Promise<void> {
    // On and on, past those that cannot be packed yet.
    for (let last: DayPlace | undefined; ;) {
      const dirty = await this.listDirty(STEP, last);
      for (const place of dirty) {
        if (signal.aborted) return;
        await this.columns.pack(place);
      }
      if (dirty.length < STEP) return;
      last = dirty.at(-1);
    }
  }

  private listDirty(limit: number, after?: DayPlace): Promise<DayPlace[]> {
    const now = this.clock.now();
    const rest = {
      recentDay: utcDayOf(now) - RECENT_DAYS,
      quiet: new Date(now - QUIET_MS),
      quietRecent: new Date(now - QUIET_RECENT_MS),
    };
    return this.days.listDirty(rest, limit, after);
  }
}
