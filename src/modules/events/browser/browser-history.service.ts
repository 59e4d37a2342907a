import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import type { BrowserEventRow, EventFilter } from './browser-event-row.js';
import { BrowserEventWrites } from './browser-event-writes.repository.js';
import { BrowserEventsRepository } from './browser-events.repository.js';
import { DAY_MS } from './days/browser-day.js';
import { BrowserDaysRepository } from './days/browser-days.repository.js';
import { CheckpointsService } from './days/checkpoints.service.js';
import { DayColumnsService } from './days/day-columns.service.js';
import { ReadingLimit } from './days/reading-limit.js';
import { FIRST_DOMAIN } from './days/event-columns.js';

const HOUR_MS = 3_600_000;
const DELETE_STEP = 1000;

export interface PageRequest {
  filter: EventFilter;
  limit: number;
  skip: number;
}

export interface EventPage {
  events: BrowserEventRow[];
  /** All that match, on whatever page. */
  total: number;
  limit: number;
  skip: number;
}

export interface DomainVisits {
  domain: string;
  count: number;
  /** Epoch milliseconds. */
  lastVisit: number;
}

export interface TypeCount {
  type: string;
  count: number;
}

/** What a user's browser has recorded, as it is. All of it is the given user's. */
@Injectable()
export class BrowserHistoryService {
  constructor(
    private readonly events: BrowserEventsRepository,
    private readonly writes: BrowserEventWrites,
    private readonly days: BrowserDaysRepository,
    private readonly columns: DayColumnsService,
    private readonly checkpoints: CheckpointsService,
    private readonly limit: ReadingLimit,
    private readonly clock: Clock,
  ) {}

  /** The newest first. */
  async list(userId: string, { filter, limit, skip }: PageRequest): Promise<EventPage> {
    const [events, total] = await Promise.all([
      this.events.list(userId, filter, limit, skip),
      isWhole(filter) ? this.count(userId) : this.events.count(userId, filter),
    ]);
    return { events, total, limit, skip };
  }

  async count(userId: string): Promise<number> {
    let total = 0;
    for (const { day, count } of await this.columns.listDays(userId)) {
      const from = day * DAY_MS;
      total += count ?? (await this.events.count(userId, { from, toExclusive: from + DAY_MS }));
    }
    return total;
  }

  /** Those of the last hours, the newest first. */
  async listRecent(userId: string, hours: number, limit: number): Promise<BrowserEventRow[]> {
    const now = this.clock.now();
    // Without an end: the newest events of a client whose clock is ahead are recent as well.
    return this.events.list(userId, { from: now - hours * HOUR_MS }, limit, 0);
  }

  /** All domains of the history, those with the most events first. */
  async listDomains(userId: string): Promise<DomainVisits[]> {
    return this.limit.run(() => this.visitsByDomain(userId));
  }

  /** How many events of each type, the most first. */
  async countTypes(userId: string, { from, toExclusive }: EventFilter): Promise<TypeCount[]> {
    return this.limit.run(() => this.countsByType(userId, from ?? -Infinity, toExclusive ?? Infinity));
  }

  /** When the first event from an instant on happened; `null`: there is none. Epoch milliseconds. */
  async findNext(userId: string, from: number): Promise<number | null> {
    return this.events.findNext(userId, from);
  }

  /** Whole events, the oldest first. */
  stream(userId: string, filter: EventFilter = {}): AsyncGenerator<BrowserEventRow & { payload: object }> {
    return this.events.stream(userId, filter);
  }

  /**
   * Erases what was received until now, the newest days first. Returns how many events that were.
   * @param signal stops it between two steps; it then throws.
   */
  async delete(userId: string, signal?: AbortSignal): Promise<number> {
    const receivedUpTo = new Date(this.clock.now());
    let deleted = 0;
    for (const { day } of (await this.columns.listDays(userId)).reverse()) {
      deleted += await this.deleteDay(userId, day, receivedUpTo, signal);
    }
    await this.checkpoints.deleteOfUser(userId);
    return deleted;
  }

  private async visitsByDomain(userId: string): Promise<DomainVisits[]> {
    const visits = new Map<string, DomainVisits>();
    for await (const { count, start, offsets, domains, names } of this.columns.read(
      userId,
      await this.columns.listDays(userId),
    )) {
      const ofPiece = names.domains.map((domain) => visitsOf(visits, domain));
      for (let i = 0; i < count; i++) {
        const known = ofPiece[domains[i]! - FIRST_DOMAIN];
        if (known === undefined) continue;
        known.count++;
        known.lastVisit = start + offsets[i]!;
      }
    }
    return [...visits.values()].sort((a, b) => b.count - a.count || (a.domain < b.domain ? -1 : 1));
  }

  private async countsByType(userId: string, first: number, last: number): Promise<TypeCount[]> {
    const counts = new Map<string, number>();
    for await (const { count, start, offsets, types, names } of this.columns.read(
      userId,
      await this.columns.listDays(userId, first, last),
    )) {
      const ofPiece = new Uint32Array(names.types.length);
      for (let i = 0; i < count; i++) {
        const at = start + offsets[i]!;
        if (at >= first && at < last) ofPiece[types[i]!]!++;
      }
      names.types.forEach((type, i) => counts.set(type, (counts.get(type) ?? 0) + ofPiece[i]!));
    }
    return [...counts]
      .filter(([, count]) => count > 0)
      .map(([type, count]) => ({ type, count }))
      .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1));
  }

  private async deleteDay(userId: string, day: number, receivedUpTo: Date, signal?: AbortSignal): Promise<number> {
    const span = { from: day * DAY_MS, toExclusive: (day + 1) * DAY_MS };
    let deleted = 0;
    for (let some = DELETE_STEP; some === DELETE_STEP; deleted += some) {
      signal?.throwIfAborted();
      // Announced anew for each step, since a reader takes a write that lasts for ended.
      const write = await this.days.begin(userId, [day]);
      some = await this.writes.deleteSome(userId, span, receivedUpTo, DELETE_STEP);
      await this.days.end(userId, [day], write);
    }
    const [left] = await this.columns.listDays(userId, span.from, span.toExclusive);
    if (
      left !== undefined &&
      !left.isOpen &&
      (await this.events.findNext(userId, span.from, span.toExclusive)) === null
    ) {
      await this.days.delete(userId, left);
    }
    return deleted;
  }
}

function isWhole({ from = null, toExclusive = null, type, domain }: EventFilter): boolean {
  return from === null && toExclusive === null && type === undefined && domain === undefined;
}

function visitsOf(visits: Map<string, DomainVisits>, domain: string): DomainVisits {
  let known = visits.get(domain);
  if (known === undefined) visits.set(domain, (known = { domain, count: 0, lastVisit: 0 }));
  return known;
}
