import { setImmediate as nextTurn } from 'node:timers/promises';
import type { TimeRange } from '../../../../../common/time/range.js';
import { ActorBits } from '../format/actor-set.js';
import { BucketCounts } from './bucket-counts.js';
import { decodeBlock, type DayBlock } from '../format/day-block.js';
import { selectDays, type DayHead } from '../format/day-head.js';
import { dayStart, NO_TIME_DAY } from '../../day.js';
import { spanOf, type EventRun, type RunSpan } from './event-run.js';
import type { EventCount, EventSource, PersonCount, TimeEdges } from '../../event-source.js';
import type { PersonNumbers } from './person-numbers.js';
import type { RollupDataService } from './rollup-data.service.js';
import { RollupEventStream } from './rollup-event-stream.js';
import type { RollupSnapshot } from './rollup-snapshots.service.js';
import { StaleRollupsError } from './stale-rollups.error.js';

/** A range cuts the days at its ends; more than these are cut by boundaries in odd time zones. */
const CUT_DAYS = 2;
/** Of one day, about ten bytes each, while the report is computed. */
const MAX_KEPT_EVENTS = 500_000;

interface DayRun {
  day: number;
  run: EventRun;
}

/**
 * Answers from one snapshot: from the heads of days of which all events lie in the range, and from the events
 * themselves where a day is cut, or where they are not merged yet. Every method throws a StaleRollupsError when a
 * part that is read later does not fit the snapshot any more.
 */
export class RollupView implements EventSource {
  readonly kind = 'rollup';
  private personNumbers?: Promise<PersonNumbers>;
  /** By day. The questions of one report ask for the same ones. */
  private readonly cutDays = new Map<number, Promise<DayBlock[]>>();

  constructor(
    private readonly snapshot: RollupSnapshot,
    private readonly data: RollupDataService,
  ) {}

  async countByName(range: TimeRange): Promise<EventCount[]> {
    const { days, names } = this.snapshot;
    const { whole, parts } = selectDays(days, range);
    const totals = new Float64Array(names.length);
    for (const { nameIds, counts } of whole) {
      for (let i = 0; i < nameIds.length; i++) totals[nameIds[i]!]! += counts[i]!;
    }
    const byName = new Map<string, number>();
    totals.forEach((count, id) => count > 0 && byName.set(names[id]!, count));
    for await (const { day, run } of this.runs(parts)) {
      countNames(run, spanOf(run, day, range)).forEach((count, i) => {
        if (count > 0) byName.set(run.names[i]!, (byName.get(run.names[i]!) ?? 0) + count);
      });
    }
    return Array.from(byName, ([eventName, count]) => ({ eventName, count }));
  }

  async countByBucket(boundaries: readonly number[]): Promise<number[]> {
    const buckets = new BucketCounts(boundaries);
    if (boundaries.length < 2) return buckets.counts;
    const { whole, parts } = selectDays(this.snapshot.days, { from: boundaries[0]!, toExclusive: boundaries.at(-1)! });
    const cut = [...whole, ...parts].filter((head) => !buckets.addHead(head));
    for await (const { day, run } of this.runs(cut)) buckets.addRun(run, day);
    return buckets.counts;
  }

  async findEdges(range: TimeRange): Promise<TimeEdges | null> {
    const { whole, parts } = selectDays(this.snapshot.days, range);
    const edges: TimeEdges = { first: Infinity, last: -Infinity };
    const include = (first: number, last: number) => {
      edges.first = Math.min(edges.first, first);
      edges.last = Math.max(edges.last, last);
    };
    for (const { day, first, last } of whole) if (day !== NO_TIME_DAY) include(first!, last!);
    for await (const { day, run } of this.runs(parts)) {
      const { begin, end } = spanOf(run, day, range);
      if (day === NO_TIME_DAY || begin === end) continue;
      include(dayStart(day) + run.times[begin]!, dayStart(day) + run.times[end - 1]!);
    }
    return edges.first === Infinity ? null : edges;
  }

  async countPersons(range: TimeRange, conversionEvent?: string): Promise<PersonCount> {
    const { whole, parts } = selectDays(this.snapshot.days, range);
    const numbers = await this.numbers();
    const total = new ActorBits(numbers.size);
    const converted = new ActorBits(conversionEvent === undefined ? 0 : numbers.size);
    await this.data.uniteActors(this.snapshot, whole, total);
    if (conversionEvent !== undefined) {
      await this.data.uniteActorsOfName(this.snapshot, whole, conversionEvent, converted);
    }
    for await (const { day, run } of this.runs(parts)) {
      const span = spanOf(run, day, range);
      const actors = run.segment && numbers.actorsOf(run.segment);
      addActors(total, run, span, actors);
      const name = conversionEvent === undefined ? -1 : run.names.indexOf(conversionEvent);
      if (name >= 0) addActors(converted, run, span, actors, name);
    }
    return { total: countDistinct(total, numbers), converted: countDistinct(converted, numbers) };
  }

  stream(range: TimeRange, names?: readonly string[]): RollupEventStream {
    return new RollupEventStream(this.snapshot, this.data, () => this.numbers(), range, names);
  }

  private numbers(): Promise<PersonNumbers> {
    this.personNumbers ??= this.data.numberPersons(this.snapshot);
    return this.personNumbers;
  }

  private keepDay(head: DayHead): Promise<DayBlock[]> {
    const known = this.cutDays.get(head.day);
    if (known !== undefined) return known;
    const decoded = collect(this.decodeDay(head));
    this.cutDays.set(head.day, decoded);
    return decoded;
  }

  private async *decodeDay({ blocks }: DayHead): AsyncGenerator<DayBlock> {
    const found = await this.data.readBlocks(blocks, false);
    for (const { id } of blocks) {
      yield decodeBlock(found.get(id)!);
      await nextTurn();
    }
  }

  /** The events of these days, and all that are not merged yet. */
  private async *runs(heads: readonly DayHead[]): AsyncGenerator<DayRun> {
    const small = heads.length <= CUT_DAYS ? heads.filter(({ events }) => events <= MAX_KEPT_EVENTS) : [];
    const kept = new Map(await Promise.all(small.map(async (head) => [head.day, await this.keepDay(head)] as const)));
    for (const head of heads) {
      for await (const run of kept.get(head.day) ?? this.decodeDay(head)) yield { day: head.day, run };
    }
    const { overlay } = this.snapshot;
    for (const day of overlay.days) for (const run of overlay.runsOf(day)) yield { day, run };
  }
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** By the run's names. */
function countNames({ names, nameOf }: EventRun, { begin, end }: RunSpan): Uint32Array {
  const counts = new Uint32Array(begin === end ? 0 : names.length);
  for (let i = begin; i < end; i++) counts[nameOf[i]!]!++;
  return counts;
}

/** @param actors by the run's numbers of actors: the project's. @param name only events with this one. */
function addActors(target: ActorBits, run: EventRun, { begin, end }: RunSpan, actors?: Int32Array, name = -1): void {
  const { nameOf, actorOf } = run;
  for (let i = begin; i < end; i++) {
    const actor = actorOf[i]!;
    if (actor < 0 || (name >= 0 && nameOf[i] !== name)) continue;
    target.add(actors === undefined ? actor : actors[actor]!);
  }
}

function countDistinct(actors: ActorBits, { persons, size }: PersonNumbers): number {
  const distinct = new ActorBits(size);
  actors.forEach((actor) => {
    // An actor that was appended after the table was read.
    if (actor >= size) throw new StaleRollupsError();
    distinct.add(persons[actor]!);
  });
  return distinct.count();
}
