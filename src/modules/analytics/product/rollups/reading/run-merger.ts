import type { EventRun, RunSpan } from './event-run.js';

const FIRST_CAPACITY = 1024;

/** Events side by side; the arrays may be longer. */
interface Columns {
  times: Uint32Array;
  names: Uint32Array;
  persons: Int32Array;
}

/**
 * Takes events out of the runs of a day and brings them into one order. Keeps its memory from one use to the next, so
 * that ten million events cost no more of it than the largest use.
 */
export class RunMerger {
  length = 0;
  private result = newColumns(FIRST_CAPACITY);
  private spare = newColumns(FIRST_CAPACITY);
  /** Where each stretch that is in order begins. */
  private starts: number[] = [];

  /** By time, once `merge` was called. */
  get times(): Uint32Array {
    return this.result.times;
  }

  get names(): Uint32Array {
    return this.result.names;
  }

  get persons(): Int32Array {
    return this.result.persons;
  }

  clear(): void {
    this.length = 0;
    this.starts = [];
  }

  /**
   * Takes the events of the span.
   * @param positions by the run's names, what to call them; negative: leave these events out
   * @param persons by the run's actors
   */
  add(run: EventRun, { begin, end }: RunSpan, positions: Int32Array, persons: Int32Array): void {
    this.reserve(this.length + end - begin);
    const { times, names: targetNames, persons: targetPersons } = this.result;
    const { times: runTimes, nameOf, actorOf } = run;
    const start = this.length;
    let at = start;
    for (let i = begin; i < end; i++) {
      const position = positions[nameOf[i]!]!;
      if (position < 0) continue;
      const actor = actorOf[i]!;
      times[at] = runTimes[i]!;
      targetNames[at] = position;
      targetPersons[at] = actor < 0 ? -1 : persons[actor]!;
      at++;
    }
    this.length = at;
    if (at > start && (start === 0 || times[start - 1]! > times[start]!)) this.starts.push(start);
  }

  /** Brings everything into the order of time; of the same time what was added first comes first. */
  merge(): void {
    while (this.starts.length > 1) {
      const starts = [];
      for (let i = 0; i < this.starts.length; i += 2) {
        const begin = this.starts[i]!;
        const middle = this.starts[i + 1] ?? this.length;
        this.mergeTwo(begin, middle, this.starts[i + 2] ?? this.length);
        starts.push(begin);
      }
      this.starts = starts;
      [this.result, this.spare] = [this.spare, this.result];
    }
  }

  private mergeTwo(begin: number, middle: number, end: number): void {
    const { times, names, persons } = this.result;
    const { times: toTimes, names: toNames, persons: toPersons } = this.spare;
    let i = begin;
    let j = middle;
    for (let at = begin; at < end; at++) {
      const from = j >= end || (i < middle && times[i]! <= times[j]!) ? i++ : j++;
      toTimes[at] = times[from]!;
      toNames[at] = names[from]!;
      toPersons[at] = persons[from]!;
    }
  }

  private reserve(length: number): void {
    if (length <= this.result.times.length) return;
    const larger = newColumns(Math.max(length, 2 * this.result.times.length));
    larger.times.set(this.result.times.subarray(0, this.length));
    larger.names.set(this.result.names.subarray(0, this.length));
    larger.persons.set(this.result.persons.subarray(0, this.length));
    this.result = larger;
    this.spare = newColumns(larger.times.length);
  }
}

function newColumns(length: number): Columns {
  return { times: new Uint32Array(length), names: new Uint32Array(length), persons: new Int32Array(length) };
}
