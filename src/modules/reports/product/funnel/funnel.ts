import type { EventBatch } from '../../../analytics/product/event-source.js';
import { ChainRows } from './chain-rows.js';
import { FunnelMoment } from './funnel-moment.js';
import { extended } from '../figures/typed-columns.js';

const FIRST_CAPACITY = 256;
// Places in a person's state: the depth comes first.
const DEEPEST = 1;
const BEST = 2;

/**
 * Follows persons through ordered steps over a stream of events sorted by time, with memory per person only and no
 * object per event or person. `funnel-results.ts` makes the figures from what is known here.
 *
 * Rules: a person is at step k when distinct events filled steps 1 to k in order of time, all within the window
 * (inclusive) from the one that filled step 1. Events of the same millisecond may be taken in any order.
 *
 * Per step it is enough to keep the chain with the latest start: whatever completes an older chain within the
 * window completes it too. A later restart therefore may succeed where an earlier chain ran out of time, and an
 * older chain lives on until the newer one has come as far. Of the chains with one start the first to reach a step
 * has every step at its earliest, so that a step's chain is only ever replaced by one that began later; and the
 * chains of neighbouring steps share a row of times as long as they began together.
 *
 * Times come from each person's deepest chain, among those the earliest to end, among those the one with the latest
 * start, among those the one whose intermediate steps are earliest (step 2 first, then 3, …).
 */
export class Funnel {
  private readonly stepCount: number;
  /** Steps (from 1) that a name fills, from last to first. */
  private readonly stepsOfName: number[][];
  private readonly chains: ChainRows;
  private readonly moment: FunnelMoment;
  private latest = -Infinity;

  /** For each person number the index in `state`, plus 1; 0: without any step so far. */
  private indexOf = new Int32Array(FIRST_CAPACITY);
  private size = 0;
  private capacity = FIRST_CAPACITY;
  /**
   * Of each person, side by side: how many steps the deepest chain fills, the row of the earliest chain that did, and
   * from `BEST` on, for each step, the row of the best chain that ends there (0: none, or the person is done).
   */
  private state: Int32Array;
  private readonly stride: number;

  /**
   * `steps`: for each step its name as a position in the names asked of the stream; at most 20 steps.
   * `windowMs`: longest time from step 1 to the last step; `Infinity` for no limit.
   * `breakdown`: the values that groups of events stand for, when they have any; of events of the same millisecond
   * that could fill step 1 that with the smallest value does.
   */
  constructor(
    private readonly steps: readonly number[],
    private readonly windowMs: number,
    private readonly breakdown?: { readonly groups: readonly string[] },
  ) {
    this.stepCount = steps.length;
    const names = Math.max(...steps) + 1;
    this.stepsOfName = Array.from({ length: names }, () => []);
    steps.forEach((name, i) => this.stepsOfName[name]!.unshift(i + 1));
    this.chains = new ChainRows(this.stepCount, breakdown !== undefined);
    this.moment = new FunnelMoment(names);
    this.stride = BEST + this.stepCount;
    this.state = new Int32Array(this.capacity * this.stride);
  }

  /** @throws RangeError when a time is before that of an earlier event */
  add(batch: EventBatch, begin = 0, end = batch.length): void {
    const { times, nameOf, personOf, groupOf } = batch;
    for (let i = begin; i < end; i++) {
      const time = times[i]!;
      if (time !== this.latest) {
        if (time < this.latest) throw new RangeError('Funnel events must be sorted by time');
        if (this.moment.size > 0) this.endMoment();
        this.latest = time;
      }
      const person = personOf[i]!;
      if (person < 0) continue;
      const index = this.indexFor(person);
      if (this.state[index * this.stride] === this.stepCount) continue;
      const group = groupOf === undefined ? 0 : groupOf[i]!;
      // Nearly every event has its millisecond to itself; at the end of a batch that is not known yet.
      if (this.moment.size === 0 && i + 1 < batch.length && times[i + 1] !== time) {
        this.fill(index, nameOf[i]!, time, group);
      } else this.wait(index, nameOf[i]!, group);
    }
  }

  /** Persons with an event that is a step; they are numbered from 0 here. */
  get persons(): number {
    if (this.moment.size > 0) this.endMoment();
    return this.size;
  }

  /** The number of steps that the person's deepest chain fills; 0: none. */
  depthOf(index: number): number {
    return this.state[index * this.stride]!;
  }

  /** Milliseconds from the step before to `step` (from 2) in the person's deepest chain, which fills it. */
  gapBefore(index: number, step: number): number {
    const cell = this.state[index * this.stride + DEEPEST]! * this.chains.width + step;
    return this.chains.cells[cell]! - this.chains.cells[cell - 1]!;
  }

  /** Group of the event that fills step 1 of the person's deepest chain. */
  groupOf(index: number): number {
    return this.chains.groups[this.state[index * this.stride + DEEPEST]!]!;
  }

  /** Begin of the chain with which a person who is not done can come to the next step longest. */
  latestStartOf(index: number): number {
    const at = index * this.stride;
    return this.chains.startOf(this.state[at + BEST + this.state[at]! - 1]!);
  }

  private indexFor(person: number): number {
    if (person >= this.indexOf.length) {
      this.indexOf = extended(this.indexOf, new Int32Array(Math.max(person + 1, this.indexOf.length * 2)));
    }
    const known = this.indexOf[person]!;
    if (known > 0) return known - 1;
    if (this.size === this.capacity) {
      this.capacity *= 2;
      this.state = extended(this.state, new Int32Array(this.capacity * this.stride));
    }
    this.indexOf[person] = ++this.size;
    return this.size - 1;
  }

  /** Lets one event extend the person's chains, from the last step to the first: it cannot fill two. */
  private fill(index: number, name: number, time: number, group: number): void {
    const { chains, state } = this;
    const best = index * this.stride + BEST - 1;
    for (const step of this.stepsOfName[name]!) {
      if (step === 1) {
        this.begin(best, time, group);
        continue;
      }
      const row = state[best + step - 1]!;
      const start = chains.startOf(row);
      if (start <= chains.startOf(state[best + step]!) || time - start > this.windowMs) continue;
      chains.cells[row * chains.width + step] = time;
      this.setBest(best + step, row);
    }
    this.deepen(index);
  }

  /** A chain with step 1 alone, in the row of the one before it when no longer one needs that. */
  private begin(best: number, time: number, group: number): void {
    const row = this.state[best + 1]!;
    if (row !== 0 && this.chains.holdersOf(row) === 1) this.chains.begin(row, time, group);
    else this.setBest(best + 1, this.chains.create(time, group));
  }

  private setBest(at: number, row: number): void {
    this.chains.hold(row);
    this.chains.release(this.state[at]!);
    this.state[at] = row;
  }

  /** Notes a new depth; the chains of a person who is done are given up, but for the deepest. */
  private deepen(index: number): void {
    const { state, stepCount } = this;
    const at = index * this.stride;
    let depth = state[at]!;
    while (depth < stepCount && state[at + BEST + depth] !== 0) depth++;
    if (depth === state[at]) return;
    state[at] = depth;
    this.setBest(at + DEEPEST, state[at + BEST + depth - 1]!);
    if (depth < stepCount) return;
    for (let i = at + BEST; i < at + BEST + depth; i++) {
      this.chains.release(state[i]!);
      state[i] = 0;
    }
  }

  private wait(index: number, name: number, group: number): void {
    const fillsFirst = name === this.steps[0];
    this.moment.add(index, name, fillsFirst ? group : -1, this.breakdown?.groups);
  }

  private endMoment(): void {
    const { moment, latest } = this;
    for (let i = 0; i < moment.size; i++) {
      const index = moment.indexAt(i);
      const alone = moment.onlyNameAt(i);
      if (alone >= 0) this.fill(index, alone, latest, moment.groupAt(i));
      else this.fillTogether(index, moment.countsAt(i), latest, moment.groupAt(i));
    }
    moment.clear();
  }

  /**
   * Lets a person's events of one millisecond extend the chains that ended before it. A chain at step j reaches step
   * k when there is an event for each of the steps j+1 to k. Steps go from last to first, so that the best chains
   * below k are still those from before.
   */
  private fillTogether(index: number, available: Uint8Array, time: number, group: number): void {
    const { stepCount, steps, chains, state } = this;
    const best = index * this.stride + BEST - 1;
    let fresh = 0;
    for (let k = stepCount; k > 0; k--) {
      let j = k;
      while (j > 0 && available[steps[j - 1]!]! > 0) {
        available[steps[--j]!]!--;
        const start = j === 0 ? time : chains.startOf(state[best + j]!);
        if (start <= chains.startOf(state[best + k]!) || time - start > this.windowMs) continue;
        if (j === 0 && fresh === 0) fresh = chains.create(time, group);
        const row = j === 0 ? fresh : state[best + j]!;
        chains.cells.fill(time, row * chains.width + j + 1, row * chains.width + k + 1);
        this.setBest(best + k, row);
      }
      while (j < k) available[steps[j++]!]!++;
    }
    this.deepen(index);
  }
}
