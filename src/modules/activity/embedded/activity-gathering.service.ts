import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { packPoints, unpackPoints } from '../packing/packed-points.js';
import { PointColumns } from '../packing/point-columns.js';
import { endOfActivity } from './activity-end.js';
import { ActivityDaysRepository } from './activity-days.repository.js';
import { ActivityWritesRepository, type PendingGroup } from './activity-writes.repository.js';
import { isGathered, type GroupKey, type StoredRun, type StoredWrite, type WriteOrder } from './packed-group.js';
import { MAX_CELLS } from './point-groups.js';

/** Only its holder gathers or erases. */
export const GATHERING_LEASE = 'activity-gathering';
export const GATHERING_LEASE_MS = 30_000;

/** So many writes of a day are gathered at once: the whole day is then written anew. */
const ENOUGH_WRITES = 64;
/** Of fewer, when the first of them is so old. */
const OLD_SECONDS = 3600n;
/**
 * The order of a write is known before others can see it. A command lives for 2.5 s; when so many have passed, nothing
 * comes any more that belongs before what is gathered.
 */
const SETTLED_SECONDS = 10n;
const FAR_FUTURE = 2n ** 64n - 1n;
const MAX_WRITES = 2000;
/** A run that has grown so large is left as it is, and another begun. */
const FULL_RUN_BYTES = 2 * 1024 * 1024;
/** A write of more makes a run by itself: a document has at most 16 MB. */
const LARGE_BYTES = 8 * 1024 * 1024;

/**
 * Puts the many small writes of a day together, so that a day of a user's measurement is one document. First the day is
 * written, then what went into it is deleted: a crash between leaves both, which read as one, for a run names the writes
 * that it took last. They are deleted before it takes others.
 */
@Injectable()
export class ActivityGatheringService {
  constructor(
    private readonly writes: ActivityWritesRepository,
    private readonly days: ActivityDaysRepository,
  ) {}

  /**
   * @param everything also few writes and young ones, by a caller who knows that nobody else is writing.
   * @returns how many writes were gathered.
   */
  async gather(signal: AbortSignal, everything = false): Promise<number> {
    const now = await this.writes.now();
    if (now === null) return 0;
    const settled = everything ? FAR_FUTURE : now - (SETTLED_SECONDS << 32n);
    const old = now - (OLD_SECONDS << 32n);
    const turns = new EventLoopTurns();
    let gathered = 0;
    for (const group of await this.writes.listPending()) {
      if (!everything && group.writes < ENOUGH_WRITES && group.oldest > old) continue;
      if (group.oldest > settled) continue;
      for (;;) {
        signal.throwIfAborted();
        const count = await this.gatherDay(group, settled);
        gathered += count;
        await turns.give();
        if (count === 0) break;
      }
    }
    return gathered;
  }

  private async gatherDay(group: PendingGroup, settled: WriteOrder): Promise<number> {
    // In this order: when another process gathers in between, ours is refused.
    const last = await this.days.findLast(group, group.day);
    const writes = await this.writes.listOfDay(group, group.day, settled, MAX_WRITES);
    if (writes.length === 0) return 0;
    // Those that a run has already: a crash came before they could be deleted.
    const done = writes.filter((write) => isGathered(write, last ?? undefined));
    await this.writes.delete(done.map(({ id }) => id));
    const left = writes.filter((write) => !done.includes(write));
    const added = left.length === 0 ? [] : await this.extend(group, last, left);
    await this.writes.delete(added.map(({ id }) => id));
    return done.length + added.length;
  }

  /** Adds as many of these writes to a run as it can hold. None, when another process was quicker. */
  private async extend(
    { org, user, measurement, day }: GroupKey & { day: number },
    last: StoredRun | null,
    writes: readonly StoredWrite[],
  ): Promise<StoredWrite[]> {
    const isOpen = last !== null && last.points.length <= FULL_RUN_BYTES && writes[0]!.points.length <= LARGE_BYTES;
    const before = isOpen ? unpackPoints(last.points) : new PointColumns();
    const extended = isOpen && before.cells <= MAX_CELLS ? last : null;
    const gathered = extended === null ? new PointColumns() : before;
    const added: StoredWrite[] = [];
    let bytes = 0;
    for (const write of writes) {
      bytes += write.points.length;
      if (added.length > 0 && bytes > LARGE_BYTES) break;
      const points = unpackPoints(write.points);
      if (added.length > 0 && gathered.cells + points.cells > MAX_CELLS) break;
      gathered.append(points);
      added.push(write);
    }
    const points = sorted(gathered.united());
    const isWritten = await this.days.put({
      org,
      user,
      measurement,
      day,
      run: extended?.run ?? (last === null ? 0 : last.run + 1),
      version: extended === null ? 0 : extended.version + 1,
      end: endOfActivity(measurement, points),
      at: later(added.at(-1)!.at, last),
      added: new Set(added.map(({ id }) => String(id))),
      count: points.count,
      points: packPoints(points),
    });
    return isWritten ? added : [];
  }
}

/** What a run was given before is less than what it is given now, also when the clock was set back: its version is told by it. */
function later(at: WriteOrder, last: StoredRun | null): WriteOrder {
  return last === null || at > last.at ? at : last.at + 1n;
}

/** By time, which makes the differences between times small. */
function sorted(points: PointColumns): PointColumns {
  const order = Array.from({ length: points.count }, (_, row) => row);
  const isSorted = order.every((row) => row === 0 || points.ms[row]! >= points.ms[row - 1]!);
  if (isSorted) return points;
  order.sort((a, b) => points.ms[a]! - points.ms[b]! || points.nanos[a]! - points.nanos[b]!);
  return points.inOrder(order);
}
