import type { DayBlock } from '../format/day-block.js';
import { withUsedNames } from '../format/day-block.js';
import { dayStart, NO_TIME_DAY } from '../../day.js';
import type { IdentityActors } from './identity-actors.js';
import type { SourceEvent } from '../store/rollup-source.repository.js';

const FIRST_CAPACITY = 1024;
const NO_EPOCH = '';

/** Collects raw events of one day, by time, as columns, until they make a block. */
export class SourceColumns {
  private count = 0;
  private times = new Uint32Array(FIRST_CAPACITY);
  private nameOf = new Uint32Array(FIRST_CAPACITY);
  private actorOf = new Int32Array(FIRST_CAPACITY);
  private epochOf = new Uint32Array(FIRST_CAPACITY);
  private readonly names = new Map<string, number>();
  private readonly epochs = new Map<string, number>();

  constructor(
    private readonly day: number,
    private readonly actors: IdentityActors,
  ) {}

  get length(): number {
    return this.count;
  }

  add(events: readonly SourceEvent[]): void {
    const start = this.day === NO_TIME_DAY ? 0 : dayStart(this.day);
    for (const { eventName, timestamp, userId, anonymousId, epoch } of events) {
      if (this.count === this.times.length) this.grow();
      const index = this.count++;
      this.times[index] = (timestamp?.getTime() ?? 0) - start;
      this.nameOf[index] = positionOf(this.names, String(eventName));
      this.actorOf[index] = this.actors.numberOf(userId, anonymousId);
      this.epochOf[index] = positionOf(this.epochs, epoch?.toHexString() ?? NO_EPOCH);
    }
  }

  /** Hex. Of all events since `clear`. */
  listEpochs(): string[] {
    return [...this.epochs.keys()].filter((epoch) => epoch !== NO_EPOCH);
  }

  /** The events but those of the epochs, as a copy. */
  toBlock(excluded: ReadonlySet<string>): DayBlock {
    const isExcluded = Uint8Array.from(this.epochs.keys(), (epoch) => (excluded.has(epoch) ? 1 : 0));
    const times = new Uint32Array(this.count);
    const nameOf = new Uint32Array(this.count);
    const actorOf = new Int32Array(this.count);
    let length = 0;
    for (let i = 0; i < this.count; i++) {
      if (isExcluded[this.epochOf[i]!]) continue;
      times[length] = this.times[i]!;
      nameOf[length] = this.nameOf[i]!;
      actorOf[length++] = this.actorOf[i]!;
    }
    return withUsedNames({ length, times, names: [...this.names.keys()], nameOf, actorOf });
  }

  clear(): void {
    this.count = 0;
    this.names.clear();
    this.epochs.clear();
  }

  private grow(): void {
    this.times = enlarged(this.times);
    this.nameOf = enlarged(this.nameOf);
    this.actorOf = enlarged(this.actorOf);
    this.epochOf = enlarged(this.epochOf);
  }
}

function positionOf(known: Map<string, number>, text: string): number {
  const position = known.get(text);
  if (position !== undefined) return position;
  known.set(text, known.size);
  return known.size - 1;
}

function enlarged<T extends Uint32Array | Int32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
