import { Injectable } from '@nestjs/common';
import { parseRange } from '../../../common/time/range.js';
import { Clock } from '../../../common/time/clock.js';
import type { RecordKind } from '../records/whoop-rows.js';
import { PAGE_SIZE, WhoopClient, type CallOptions } from './whoop.client.js';

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 7;
const MAX_RECORDS = 1000;
const INTERACTIVE: CallOptions = { priority: 'interactive' };

export interface DirectRequest {
  days?: number;
  start?: string;
  end?: string;
  limit?: number;
}

export interface DashboardDay {
  cycle: object;
  recovery: object | null;
  sleep: object | null;
}

/** WHOOP's own answers, for looking into what it says. Nothing is stored. */
@Injectable()
export class WhoopDirectService {
  constructor(
    private readonly client: WhoopClient,
    private readonly clock: Clock,
  ) {}

  async profile(): Promise<object> {
    return (await this.client.profile(INTERACTIVE)) as object;
  }

  async body(): Promise<object> {
    return (await this.client.bodyMeasurement(INTERACTIVE)) as object;
  }

  async record(kind: Exclude<RecordKind, 'recovery'>, id: string): Promise<object> {
    return (await this.client.record(kind, id, INTERACTIVE)) as object;
  }

  /** All pages, up to a number of records. @throws InvalidInputError for what are no times */
  async records(kind: RecordKind, request: DirectRequest): Promise<object[]> {
    const { start, end } = this.window(request);
    const most = Math.min(Math.max(request.limit ?? MAX_RECORDS, 1), MAX_RECORDS);
    const records: object[] = [];
    const seen = new Set<string>();
    let nextToken: string | null = null;
    while (records.length < most) {
      const limit = Math.min(PAGE_SIZE, most - records.length);
      const page = await this.client.page(kind, { start, end, nextToken, limit }, INTERACTIVE);
      records.push(...(page.records as object[]));
      nextToken = page.nextToken;
      if (nextToken === null || seen.has(nextToken)) break;
      seen.add(nextToken);
    }
    return records.slice(0, most);
  }

  /** Cycles with their recovery and their main sleep. */
  async dashboard(days = DEFAULT_DAYS): Promise<DashboardDay[]> {
    const cycles = await this.records('cycles', { days });
    // A sleep may begin a little before its cycle does.
    const recoveries = await this.records('recovery', { days: days + 1 });
    const sleeps = await this.records('sleep', { days: days + 1 });
    const byCycle = (records: object[], cycle: object) =>
      records.find((record) => field(record, 'cycle_id') === field(cycle, 'id')) ?? null;
    const mainSleeps = sleeps.filter((sleep) => field(sleep, 'nap') !== true);
    return cycles.map((cycle) => ({
      cycle,
      recovery: byCycle(recoveries, cycle),
      sleep: byCycle(mainSleeps, cycle),
    }));
  }

  private window({ days, start, end }: DirectRequest): { start: number | null; end: number | null } {
    const range = parseRange({ from: start, to: end }, 'UTC', { from: 'start', to: 'end' });
    if (range.from !== null || range.toExclusive !== null) return { start: range.from, end: range.toExclusive };
    return { start: this.clock.now() - (days ?? DEFAULT_DAYS) * DAY_MS, end: null };
  }
}

function field(record: object, name: string): unknown {
  return (record as Record<string, unknown>)[name];
}
