import { Injectable } from '@nestjs/common';
import { MAX_INSTANT } from '../../../../common/time/instant.js';
import { EventRemovalService, type EventStretch } from '../../../events/product/removal/event-removal.service.js';
import { dayOf, dayStart, NO_TIME_DAY } from '../day.js';
import { ProductRollupsService } from '../product-rollups.service.js';
import { DirtyDays } from './dirty-days.js';
import type { RetentionLimits } from './event-retention.js';
import { RollupDaysRepository } from './rollup-days.repository.js';

const SETTLE_LIMIT_MS = 120_000;
/** Reports that look at these are slower until they are repaired. */
const DAYS_AT_ONCE = 31;
const BEGINNING = new Date(-MAX_INSTANT);

/**
 * Deletes the events of a project that are older than it wants to keep. The identity links stay: they say who a visitor
 * is that comes back later, and go with the person or the project.
 */
@Injectable()
export class EventRetentionService {
  constructor(
    private readonly removal: EventRemovalService,
    private readonly rollupDays: RollupDaysRepository,
    private readonly rollups: ProductRollupsService,
  ) {}

  /** Returns the number of deleted events. */
  async apply(projectKey: string, limits: RetentionLimits, signal: AbortSignal): Promise<number> {
    const days = await this.listDays(projectKey, limits.cutoff, signal);
    const untimed: EventStretch = {
      order: 'receivedAt',
      from: BEGINNING,
      toExclusive: limits.cutoff < limits.receivedBefore ? limits.cutoff : limits.receivedBefore,
      onlyWithoutTime: true,
    };
    const hasUntimed = await this.hasAny(projectKey, untimed, limits, signal);
    if (days.length === 0 && !hasUntimed) {
      // Of a run that was interrupted when all events were gone.
      await this.rollups.repair(projectKey, signal);
      return 0;
    }
    // What is merged later than it is deleted would stay in the rollups.
    await this.rollups.settle(projectKey, SETTLE_LIMIT_MS, signal);
    let deleted = 0;
    for (let start = 0; start < days.length; start += DAYS_AT_ONCE) {
      deleted += await this.deleteDays(projectKey, days.slice(start, start + DAYS_AT_ONCE), limits, signal);
    }
    if (hasUntimed) {
      deleted += await this.deleteFrom(projectKey, [NO_TIME_DAY], [untimed], limits, signal);
    }
    return deleted;
  }

  /** Days with events, and days that have none any more but still rollups: of an interrupted run. In order. */
  private async listDays(projectKey: string, cutoff: Date, signal: AbortSignal): Promise<number[]> {
    const days = new Set(await this.rollupDays.listDaysBefore(projectKey, dayOf(cutoff.getTime())));
    for (let from: Date = BEGINNING; from < cutoff;) {
      signal.throwIfAborted();
      const first = await this.removal.findFirst(projectKey, { order: 'timestamp', from, toExclusive: cutoff });
      if (first === null) break;
      const day = dayOf(first.getTime());
      days.add(day);
      from = new Date(dayStart(day + 1));
    }
    return [...days].sort((a, b) => a - b);
  }

  private async hasAny(
    projectKey: string,
    stretch: EventStretch,
    { receivedBefore }: RetentionLimits,
    signal: AbortSignal,
  ): Promise<boolean> {
    for await (const part of this.removal.divide(projectKey, stretch, signal)) {
      if ((await this.removal.listKeys(projectKey, part, receivedBefore)).length > 0) return true;
    }
    return false;
  }

  private async deleteDays(
    projectKey: string,
    days: readonly number[],
    limits: RetentionLimits,
    signal: AbortSignal,
  ): Promise<number> {
    const stretches = days.map((day) => ({
      order: 'timestamp' as const,
      from: new Date(Math.max(dayStart(day), -MAX_INSTANT)),
      toExclusive: new Date(dayStart(day + 1)),
    }));
    return this.deleteFrom(projectKey, days, stretches, limits, signal);
  }

  private async deleteFrom(
    projectKey: string,
    days: readonly number[],
    stretches: readonly EventStretch[],
    { receivedBefore }: RetentionLimits,
    signal: AbortSignal,
  ): Promise<number> {
    const dirtyDays = new DirtyDays(this.rollups, projectKey);
    await dirtyDays.mark(days);
    let deleted = 0;
    for (const stretch of stretches) {
      for await (const part of this.removal.divide(projectKey, stretch, signal)) {
        const keys = await this.removal.listKeys(projectKey, part, receivedBefore);
        await this.removal.deleteEvents(keys);
        deleted += keys.length;
      }
    }
    await dirtyDays.markAgain();
    await this.rollups.repair(projectKey, signal);
    return deleted;
  }
}
