import type { TimeRange } from '../../../../common/time/range.js';
import type { EventBatch, EventSource, EventStream } from '../../../analytics/product/event-source.js';
import { cohortCalendar, type CohortInterval, type LocalCalendar } from '../figures/behaviour-calendar.js';
import { consume, type EventConsumer } from '../figures/event-slices.js';
import { spanOf } from '../figures/report-span.js';
import { retentionCohorts, type RetentionCohort } from './retention-cells.js';
import { ABSENT_NAME, ANY_NAME, Retention } from './retention.js';

const DAY_MS = 86_400_000;

export interface RetentionQuestion {
  range: TimeRange;
  calendar: LocalCalendar;
  interval: CohortInterval;
  mode: 'calendar' | '24h';
  /** The last period; 0 is the cohort's own. */
  periods: number;
  /** `undefined`: any event. */
  startEvent: string | undefined;
  returnEvent: string | undefined;
  /** The time of the report, epoch milliseconds. */
  now: number;
}

/** The cohorts of a range, which is widened to whole intervals. @throws InvalidInputError when there are too many */
export async function retentionOf(source: EventSource, question: RetentionQuestion): Promise<RetentionCohort[]> {
  const { range, calendar, interval, mode, periods, startEvent, returnEvent, now } = question;
  const span = await spanOf(source, range);
  if (span === null) return [];
  const asked = { ...span, isOpenBefore: range.from === null };
  const { cohorts, boundaries } = cohortCalendar(asked, interval, periods, calendar);
  const retention = new Retention({ boundaries, cohorts: cohorts.length, periods, mode });

  // From the very first event on: who began before the range belongs to none of its cohorts.
  const end = mode === 'calendar' ? boundaries.at(-1)! : boundaries[cohorts.length]! + (periods + 1) * DAY_MS;
  const names = startEvent === undefined || returnEvent === undefined ? undefined : [startEvent, returnEvent];
  const stream = source.stream({ from: null, toExclusive: end }, names && [...new Set(names)]);
  await consume(stream, new NamedRetention(retention, stream, startEvent, returnEvent));
  return retentionCohorts(retention, { cohorts, boundaries, periods, mode, now });
}

/** Tells a retention which of the stream's events are meant. */
class NamedRetention implements EventConsumer {
  private start: number;
  private returning: number;

  constructor(
    private readonly retention: Retention,
    private readonly stream: EventStream,
    private readonly startEvent: string | undefined,
    private readonly returnEvent: string | undefined,
  ) {
    this.start = startEvent === undefined ? ANY_NAME : ABSENT_NAME;
    this.returning = returnEvent === undefined ? ANY_NAME : ABSENT_NAME;
  }

  add(batch: EventBatch, begin: number, end: number): void {
    if (this.start === ABSENT_NAME) this.start = this.positionOf(this.startEvent);
    if (this.returning === ABSENT_NAME) this.returning = this.positionOf(this.returnEvent);
    this.retention.add(batch, begin, end, this.start, this.returning);
  }

  /** The stream's names grow while its events arrive. */
  private positionOf(name: string | undefined): number {
    const position = name === undefined ? -1 : this.stream.names.indexOf(name);
    return position < 0 ? ABSENT_NAME : position;
  }
}
