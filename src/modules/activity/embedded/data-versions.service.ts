import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { ActivityVersionQuery } from '../activity-points.js';
import { LOOK_BACK_MS, timesOfDates } from '../activity-rows.js';
import { ActivityDaysRepository } from './activity-days.repository.js';
import { ActivityWritesRepository } from './activity-writes.repository.js';
import { DAY_MS } from './point-groups.js';

const MEASUREMENTS = ['afk_status', 'window_activity', 'app_usage', 'daily_metrics'];

/** Tells whether what a report would read has changed, from the order of the last write to each user's days. */
@Injectable()
export class DataVersionsService {
  constructor(
    private readonly writes: ActivityWritesRepository,
    private readonly days: ActivityDaysRepository,
  ) {}

  /**
   * To gather writes changes nothing: a gathered day carries the order of the last write in it.
   * @param org its id.
   */
  async of(org: string, query: ActivityVersionQuery, signal?: AbortSignal): Promise<string> {
    const users = [...new Set(query.users.map(({ name }) => name))].sort();
    const dates = timesOfDates(query);
    const fromDay = Math.floor(Math.min(query.from - LOOK_BACK_MS, dates.from) / DAY_MS);
    const toDay = Math.floor(Math.max(query.toExclusive, dates.toExclusive) / DAY_MS);
    const last = { org, users, measurements: MEASUREMENTS, fromDay, toDay };
    // First those that wait: what is gathered in between is then seen twice and not missed.
    const waiting = await this.writes.listLast(last, signal);
    const gathered = await this.days.listLast(last, signal);
    const hash = createHash('sha256').update(org);
    for (const user of users) {
      const [one = 0n, other = 0n] = [waiting.get(user), gathered.get(user)];
      hash.update(JSON.stringify([user, String(one > other ? one : other)]));
    }
    return hash.digest('base64url').slice(0, 22);
  }
}
