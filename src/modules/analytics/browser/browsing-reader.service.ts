import { Injectable } from '@nestjs/common';
import type { Span } from '../../../common/time/calendar.js';
import { BrowserHistoryService } from '../../events/browser/browser-history.service.js';
import { DAY_MS, type BrowserDay } from '../../events/browser/days/browser-day.js';
import { CheckpointsService } from '../../events/browser/days/checkpoints.service.js';
import { DayColumnsService } from '../../events/browser/days/day-columns.service.js';
import { ReadingLimit } from '../../events/browser/days/reading-limit.js';
import type { EventColumns } from '../../events/browser/days/event-columns.js';
import { AttentionTracker, type StoredAttention } from './attention/attention-tracker.js';
import { DomainNumbers, forEachSignal } from './attention/column-signals.js';
import type { EventVisitor } from './figures/event-counts.js';
import type { TimeVisitor } from './figures/longest-stretch.js';
import { LONGEST_GAP_MS, type GapPolicy } from './gap-policy.js';

/** Fewer days before a span are read again each time. */
const DAYS_WORTH_A_CHECKPOINT = 4;

/** Reads a user's events once, in the order of time, for all that is asked of them. */
@Injectable()
export class BrowsingReader {
  constructor(
    private readonly columns: DayColumnsService,
    private readonly history: BrowserHistoryService,
    private readonly checkpoints: CheckpointsService,
    private readonly limit: ReadingLimit,
  ) {}

  /** Shows the events of the span to the visitors, a piece at a time. */
  async visit(userId: string, span: Span, ...visitors: EventVisitor[]): Promise<void> {
    await this.limit.run(async () => {
      const days = await this.columns.listDays(userId, span.from, span.toExclusive);
      for await (const piece of this.columns.read(userId, days)) visitWithin(piece, span, visitors);
    });
  }

  /**
   * Milliseconds by domain within the span, as they follow from the whole history: what the browsers showed before the
   * span counts on, and the last event in it counts until the next one after it. Shows the span's events and its time to
   * the visitors on the way.
   */
  time(
    userId: string,
    span: Span,
    gap: GapPolicy,
    ...visitors: (EventVisitor | TimeVisitor)[]
  ): Promise<Map<string, number>> {
    return this.limit.run(() => this.measure(userId, span, gap, visitors));
  }

  private async measure(
    userId: string,
    span: Span,
    gap: GapPolicy,
    visitors: readonly (EventVisitor | TimeVisitor)[],
  ): Promise<Map<string, number>> {
    const eventVisitors = visitors.filter((visitor): visitor is EventVisitor => 'visit' in visitor);
    const timeVisitors = visitors.filter((visitor): visitor is TimeVisitor => 'credit' in visitor);
    const domains = new DomainNumbers();
    const times = new Map<string, number>();
    const tracker = new AttentionTracker(gap, (domain, from, toExclusive) => {
      const [start, end] = [Math.max(from, span.from), Math.min(toExclusive, span.toExclusive)];
      if (end <= start) return;
      const name = domains.names[domain]!;
      times.set(name, (times.get(name) ?? 0) + end - start);
      for (const visitor of timeVisitors) visitor.credit(name, start, end);
    });
    // Nothing later changes what an instant of the span counts for.
    const end = span.toExclusive + LONGEST_GAP_MS;
    const days = await this.columns.listDays(userId, -Infinity, end);
    let last = await this.readPast(userId, days, span.from, tracker, domains);
    for await (const piece of this.columns.read(userId, days.slice(firstFrom(days, span.from)))) {
      last = Math.max(last, feed(piece, end, tracker, domains));
      visitWithin(piece, span, eventVisitors);
    }
    // When it is beyond `end`, only that there is one matters.
    const next = last >= span.toExclusive ? null : await this.history.findNext(userId, end);
    if (next !== null) tracker.advance(next);
    tracker.finish();
    return times;
  }

  /**
   * Brings the tracker to the first day of a span, from where an earlier reading has come if one has.
   * @returns when the last event before that day happened.
   */
  private async readPast(
    userId: string,
    days: readonly BrowserDay[],
    from: number,
    tracker: AttentionTracker,
    domains: DomainNumbers,
  ): Promise<number> {
    const end = firstFrom(days, from);
    const checkpoint = await this.checkpoints.find(userId, days, end);
    let last = -Infinity;
    if (checkpoint !== null) {
      const stored = JSON.parse(checkpoint.state) as StoredAttention;
      tracker.restore(stored, (domain) => domains.numberOf(domain));
      last = stored.last ?? -Infinity;
    }
    const past = days.slice(checkpoint?.position ?? 0, end);
    for await (const piece of this.columns.read(userId, past)) {
      last = Math.max(last, feed(piece, Infinity, tracker, domains));
    }
    if (past.length >= DAYS_WORTH_A_CHECKPOINT) {
      const state = JSON.stringify(tracker.save((domain) => domains.names[domain]!));
      await this.checkpoints.store(userId, days, end, state);
    }
    return last;
  }
}

/** The position of the first day that an instant, or anything after it, may lie in. */
function firstFrom(days: readonly BrowserDay[], instant: number): number {
  const position = days.findIndex(({ day }) => (day + 1) * DAY_MS > instant);
  return position === -1 ? days.length : position;
}

/** Feeds what happened before `end`. Returns when the last of it happened. */
function feed(piece: EventColumns, end: number, tracker: AttentionTracker, domains: DomainNumbers): number {
  let last = -Infinity;
  forEachSignal(piece, domains, (signal) => {
    if (signal.at >= end) return false;
    last = signal.at;
    tracker.feed(signal);
    return true;
  });
  return last;
}

function visitWithin(piece: EventColumns, { from, toExclusive }: Span, visitors: readonly EventVisitor[]): void {
  const first = positionOf(piece, from);
  const end = positionOf(piece, toExclusive);
  if (first < end) for (const visitor of visitors) visitor.visit(piece, first, end);
}

/** Of the first event at or after an instant. */
function positionOf({ count, start, offsets }: EventColumns, instant: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start + offsets[middle]! < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}
