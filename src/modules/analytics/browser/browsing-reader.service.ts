import { Injectable } from '@nestjs/common';
import type { Span } from '../../../common/time/calendar.js';
import { BrowserHistoryService } from '../../events/browser/browser-history.service.js';
import { DayColumnsService } from '../../events/browser/days/day-columns.service.js';
import type { EventColumns } from '../../events/browser/days/event-columns.js';
import { AttentionTracker } from './attention/attention-tracker.js';
import { DomainNumbers, forEachSignal } from './attention/column-signals.js';
import type { EventVisitor } from './figures/event-counts.js';
import type { TimeVisitor } from './figures/longest-stretch.js';
import { LONGEST_GAP_MS, type GapPolicy } from './gap-policy.js';

/** Reads a user's events once, in the order of time, for all that is asked of them. */
@Injectable()
export class BrowsingReader {
  constructor(
    private readonly columns: DayColumnsService,
    private readonly history: BrowserHistoryService,
  ) {}

  /** Shows the events of the span to the visitors, a piece at a time. */
  async visit(userId: string, span: Span, ...visitors: EventVisitor[]): Promise<void> {
    const days = await this.columns.listDays(userId, span.from, span.toExclusive);
    for await (const piece of this.columns.read(userId, days)) visitWithin(piece, span, visitors);
  }

  /**
   * Milliseconds by domain within the span, as they follow from the whole history: what the browsers showed before the
   * span counts on, and the last event in it counts until the next one after it. Shows the span's events and its time to
   * the visitors on the way.
   */
  async time(
    userId: string,
    span: Span,
    gap: GapPolicy,
    ...visitors: (EventVisitor | TimeVisitor)[]
  ): Promise<Map<string, number>> {
    const eventVisitors = visitors.filter((visitor): visitor is EventVisitor => 'visit' in visitor);
    const timeVisitors = visitors.filter((visitor): visitor is TimeVisitor => 'credit' in visitor);
    const domains = new DomainNumbers();
    const totals: number[] = [];
    const tracker = new AttentionTracker(gap, (domain, from, toExclusive) => {
      const [start, end] = [Math.max(from, span.from), Math.min(toExclusive, span.toExclusive)];
      if (end <= start) return;
      totals[domain] = (totals[domain] ?? 0) + end - start;
      for (const visitor of timeVisitors) visitor.credit(domains.names[domain]!, start, end);
    });
    // Nothing later changes what an instant of the span counts for.
    const end = span.toExclusive + LONGEST_GAP_MS;
    let last = -Infinity;
    for await (const piece of this.columns.read(userId, await this.columns.listDays(userId, -Infinity, end))) {
      forEachSignal(piece, domains, (signal) => {
        if (signal.at >= end) return false;
        last = signal.at;
        tracker.feed(signal);
        return true;
      });
      visitWithin(piece, span, eventVisitors);
    }
    // Only whether there is one matters, and that it is not within the half hour.
    const next = last >= span.toExclusive ? null : await this.history.findNext(userId, end);
    if (next !== null) tracker.advance(next);
    tracker.finish();
    return new Map(
      [...totals.entries()].filter(([, ms]) => ms > 0).map(([domain, ms]) => [domains.names[domain]!, ms]),
    );
  }
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
