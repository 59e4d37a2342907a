import type { EventBatch } from '../../../analytics/product/event-source.js';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { EventConsumer } from '../figures/event-slices.js';
import type { SessionFigures } from './session-figures.js';
import { extended } from '../figures/typed-columns.js';

/** Silence after which an event begins a new session; exactly as much does not. */
export const SESSION_SILENCE_MS = 30 * 60_000;
/** A session never lasts longer: the event that would make it begins a new one. */
export const LONGEST_SESSION_MS = 24 * 3_600_000;

const FIRST_CAPACITY = 256;
const PERSONS_PER_LOOK = 65_536;

export interface SessionBounds {
  /** Sessions that begin in `[from, toExclusive)` are counted. */
  from: number;
  toExclusive: number;
  /** The first instant that is read; `-Infinity`: everything before `from` is. */
  readFrom: number;
  /** Begins of the intervals of the range; sessions before them all belong to none. */
  bucketStarts: readonly number[];
  /** Goes on even where more of the time before the range would be needed. */
  takesWhatIsThere: boolean;
}

/**
 * Finds each person's sessions in a stream of events sorted by time: events without a silence of more than 30 min
 * between two, cut where one would last longer than 24 h. Memory per person only.
 */
export class InactivitySessions implements EventConsumer {
  private bucket = -1;
  private begun = false;

  /** Of each person's open session; 0 events: none. */
  private events = new Uint32Array(FIRST_CAPACITY);
  private startedAt = new Float64Array(FIRST_CAPACITY);
  private lastAt = new Float64Array(FIRST_CAPACITY);
  private bucketOf = new Int32Array(FIRST_CAPACITY);
  /** 1: without a silence since the first instant that is read, so that an earlier event may belong to it. */
  private mayBeOlder = new Uint8Array(FIRST_CAPACITY);

  constructor(
    private readonly bounds: SessionBounds,
    private readonly figures: SessionFigures,
  ) {}

  /**
   * Somebody was active all the time from the first instant that is read to the beginning of the range: where their
   * sessions were cut is known only to who reads from earlier on. No figure is right then.
   */
  isDone = false;

  add({ times, personOf }: EventBatch, begin: number, end: number): void {
    for (let i = begin; i < end; i++) {
      const time = times[i]!;
      if (!this.begun && time >= this.bounds.from) this.beginRange();
      const person = personOf[i]!;
      if (person < 0) continue;
      if (person >= this.events.length) this.grow(person + 1);
      if (this.events[person] === 0) {
        this.mayBeOlder[person] = time - this.bounds.readFrom <= SESSION_SILENCE_MS ? 1 : 0;
        this.open(person, time);
      } else if (time - this.lastAt[person]! > SESSION_SILENCE_MS) {
        this.mayBeOlder[person] = 0;
        this.close(person);
        this.open(person, time);
      } else if (time - this.startedAt[person]! > LONGEST_SESSION_MS) {
        this.close(person);
        this.open(person, time);
      } else {
        this.lastAt[person] = time;
        this.events[person]!++;
      }
    }
  }

  /** Counts the sessions that are still open. To be called once, after the last event. */
  async end(): Promise<void> {
    const turns = new EventLoopTurns();
    for (let person = 0; person < this.events.length; person++) {
      if (this.events[person]! > 0) this.close(person);
      if (person % PERSONS_PER_LOOK === 0) await turns.give();
    }
  }

  private open(person: number, time: number): void {
    this.startedAt[person] = time;
    this.lastAt[person] = time;
    this.events[person] = 1;
    this.bucketOf[person] = this.bucketAt(time);
  }

  private close(person: number): void {
    const startedAt = this.startedAt[person]!;
    if (startedAt < this.bounds.from || startedAt >= this.bounds.toExclusive) return;
    this.figures.add(this.bucketOf[person]!, this.lastAt[person]! - startedAt, this.events[person]!);
  }

  private beginRange(): void {
    this.begun = true;
    if (this.bounds.takesWhatIsThere) return;
    const since = this.bounds.from - SESSION_SILENCE_MS;
    for (let person = 0; person < this.events.length; person++) {
      if (this.mayBeOlder[person] === 1 && this.events[person]! > 0 && this.lastAt[person]! >= since) {
        this.isDone = true;
        return;
      }
    }
  }

  /** Times come in order, so the place only moves on. */
  private bucketAt(time: number): number {
    const { bucketStarts } = this.bounds;
    while (this.bucket + 1 < bucketStarts.length && bucketStarts[this.bucket + 1]! <= time) this.bucket++;
    return this.bucket;
  }

  private grow(persons: number): void {
    const capacity = Math.max(persons, this.events.length * 2);
    this.events = extended(this.events, new Uint32Array(capacity));
    this.startedAt = extended(this.startedAt, new Float64Array(capacity));
    this.lastAt = extended(this.lastAt, new Float64Array(capacity));
    this.bucketOf = extended(this.bucketOf, new Int32Array(capacity));
    this.mayBeOlder = extended(this.mayBeOlder, new Uint8Array(capacity));
  }
}
