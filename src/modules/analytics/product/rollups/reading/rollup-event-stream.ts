import { setImmediate as nextTurn } from 'node:timers/promises';
import { UnavailableError } from '../../../../../common/errors/domain.error.js';
import type { TimeRange } from '../../../../../common/time/range.js';
import { REPORT_TIMEOUT_MS } from '../../../../../infra/mongo/mongo-options.js';
import { selectDays, type DayHead } from '../format/day-head.js';
import { dayOf, dayStart, NO_TIME_DAY } from '../../day.js';
import { readDays, type DayBlocks } from './day-reader.js';
import { lowerBound, spanOf, type EventRun, type RunSpan } from './event-run.js';
import type { EventBatch, EventStream } from '../../event-source.js';
import type { PersonNumbers } from './person-numbers.js';
import { TOO_LONG } from '../../raw/report-cursor.js';
import type { RollupDataService } from './rollup-data.service.js';
import type { RollupSnapshot } from './rollup-snapshots.service.js';
import { RunMerger } from './run-merger.js';

/** Events brought into order at once, which bounds the memory that days with many events take. */
const EVENTS_PER_BATCH = 131_072;

interface SelectedRun {
  run: EventRun;
  span: RunSpan;
  /** By the run's names: position in the stream's; negative: not asked for. */
  positions: Int32Array;
  persons: Int32Array;
}

/** The events of a snapshot that have a time, in order, as columns. */
export class RollupEventStream implements EventStream {
  readonly names: string[];
  readonly groups: readonly string[] = [];
  persons = 0;
  private readonly positions: Map<string, number>;
  private readonly merger = new RunMerger();
  private times = new Float64Array();

  constructor(
    private readonly snapshot: RollupSnapshot,
    private readonly data: RollupDataService,
    private readonly numberPersons: () => Promise<PersonNumbers>,
    private readonly range: TimeRange,
    private readonly asked?: readonly string[],
  ) {
    this.names = [...new Set(asked)];
    this.positions = new Map(this.names.map((name, position) => [name, position]));
  }

  async *batches(): AsyncGenerator<EventBatch> {
    const deadline = Date.now() + REPORT_TIMEOUT_MS;
    const numbers = await this.numberPersons();
    this.persons = numbers.size;
    for await (const { day, runs } of readDays(this.data, this.listDays())) {
      const selected = [...runs, ...this.snapshot.overlay.runsOf(day)].map((run) => this.select(run, day, numbers));
      for (const batch of this.order(selected, dayStart(day))) {
        if (Date.now() > deadline) throw new UnavailableError(TOO_LONG);
        yield batch;
        await nextTurn();
      }
    }
  }

  /** In order: the days of the range that have events, with the blocks to be read. */
  private listDays(): DayBlocks[] {
    const { from, toExclusive } = this.range;
    const first = from === null ? -Infinity : dayOf(from);
    const last = toExclusive === null ? Infinity : dayOf(toExclusive - 1);
    const days = new Map<number, DayBlocks>();
    for (const day of this.snapshot.overlay.days) {
      if (day >= first && day <= last) days.set(day, { day, blocks: [] });
    }
    const { whole, parts } = selectDays(this.snapshot.days, this.range);
    for (const head of [...whole, ...parts]) {
      if (this.mayHaveNames(head)) days.set(head.day, { day: head.day, blocks: head.blocks });
    }
    days.delete(NO_TIME_DAY);
    return [...days.values()].sort((a, b) => a.day - b.day);
  }

  private mayHaveNames({ nameIds }: DayHead): boolean {
    if (this.asked === undefined) return true;
    return nameIds.some((id) => this.positions.has(this.snapshot.names[id]!));
  }

  private select(run: EventRun, day: number, numbers: PersonNumbers): SelectedRun {
    return {
      run,
      span: spanOf(run, day, this.range),
      positions: Int32Array.from(run.names, (name) => this.positionOf(name)),
      persons: numbers.personsOf(run),
    };
  }

  private positionOf(name: string): number {
    const known = this.positions.get(name);
    if (known !== undefined) return known;
    if (this.asked !== undefined) return -1;
    this.positions.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  /** Cuts a day with many events into equal times, so that not all of them are in memory twice. */
  private *order(runs: readonly SelectedRun[], start: number): Generator<EventBatch> {
    const present = runs.filter(({ span }) => span.begin < span.end);
    if (present.length === 0) return;
    const events = present.reduce((sum, { span }) => sum + span.end - span.begin, 0);
    const first = Math.min(...present.map(({ run, span }) => run.times[span.begin]!));
    const last = Math.max(...present.map(({ run, span }) => run.times[span.end - 1]!));
    const step = Math.ceil((last - first + 1) / Math.ceil(events / EVENTS_PER_BATCH));
    for (let begin = first; begin <= last; begin += step) {
      this.merger.clear();
      for (const { run, span, positions, persons } of present) {
        this.merger.add(run, within(run, span, begin, begin + step), positions, persons);
      }
      this.merger.merge();
      if (this.merger.length > 0) yield this.toBatch(start);
    }
  }

  private toBatch(start: number): EventBatch {
    const { length, times, names, persons } = this.merger;
    if (this.times.length < length) this.times = new Float64Array(times.length);
    for (let i = 0; i < length; i++) this.times[i] = start + times[i]!;
    return { length, times: this.times, nameOf: names, personOf: persons };
  }
}

/** What of the span lies between two times of the day. */
function within(run: EventRun, span: RunSpan, from: number, toExclusive: number): RunSpan {
  const begin = Math.max(span.begin, lowerBound(run, from));
  return { begin, end: Math.max(begin, Math.min(span.end, lowerBound(run, toExclusive))) };
}
