import { createHash } from 'node:crypto';
import type { AfkPoint, AfkStatus, WindowPoint } from '../../../activity/activity-points.js';

/** Titles are untrusted and can be as long as a page: this much of one is kept. */
export const LONGEST_TITLE = 200;

/** A window: one title of one app, over all computers. Two whose titles differ only behind what is kept are two. */
export interface WindowName {
  /** Index in `apps`. */
  app: number;
  /** Cut: as reports show it. */
  title: string;
  /** The last of a title that was cut: there a browser's title says whose page it is. */
  ending: string;
}

const QUARTER_MS = 900_000;

/** Starts and ends of stretches of time, as they came. */
export class Stretches {
  private starts = new Float64Array(64);
  private ends = new Float64Array(64);
  private count = 0;

  get length(): number {
    return this.count;
  }

  add(start: number, end: number): void {
    if (this.count === this.starts.length) {
      this.starts = extended(this.starts);
      this.ends = extended(this.ends);
    }
    this.starts[this.count] = start;
    this.ends[this.count++] = end;
  }

  /** Copies, for `unionOf` to sort. */
  columns(): { starts: Float64Array; ends: Float64Array } {
    return { starts: this.starts.slice(0, this.count), ends: this.ends.slice(0, this.count) };
  }
}

/**
 * The points of one person within a report's period, as columns. Hosts are not kept: every figure is over the union of
 * them.
 */
export class ActivityColumns {
  readonly statuses: Readonly<Record<AfkStatus, Stretches>> = {
    active: new Stretches(),
    idle: new Stretches(),
    afk: new Stretches(),
  };

  /** Quarters of an hour in which a point of presence begins: days of any zone begin with one. */
  private readonly presenceStarts = new Set<number>();

  readonly windows = new Stretches();
  readonly apps: string[] = [];
  readonly windowNames: WindowName[] = [];
  private windowOf = new Uint32Array(64);
  private readonly appNumbers = new Map<string, number>();
  private readonly windowNumbers: Map<string, number>[] = [];

  /** Epoch milliseconds: what lies outside is cut off. */
  constructor(
    private readonly from: number,
    private readonly toExclusive: number,
  ) {}

  addAfk(point: AfkPoint): void {
    const start = Math.max(point.start, this.from);
    const end = Math.min(point.start + point.durationMs, this.toExclusive);
    if (!(end > start)) return;
    this.statuses[point.status].add(start, end);
    this.presenceStarts.add(Math.floor(point.start / QUARTER_MS));
  }

  /** Whether a point of presence begins in this time (epoch milliseconds), not only ends in it. */
  hasPresenceFrom(from: number, toExclusive: number): boolean {
    for (let quarter = Math.floor(from / QUARTER_MS); quarter * QUARTER_MS < toExclusive; quarter += 1) {
      if (this.presenceStarts.has(quarter)) return true;
    }
    return false;
  }

  addWindow(point: WindowPoint): void {
    const start = Math.max(point.start, this.from);
    const end = Math.min(point.start + point.durationMs, this.toExclusive);
    if (!(end > start)) return;
    const at = this.windows.length;
    if (at === this.windowOf.length) this.windowOf = extended(this.windowOf);
    this.windowOf[at] = this.windowNumber(point.app, point.title);
    this.windows.add(start, end);
  }

  /** For each of `windows` its index in `windowNames`. */
  windowIndexes(): Uint32Array {
    return this.windowOf.subarray(0, this.windows.length);
  }

  private windowNumber(app: string, title: string): number {
    let appNumber = this.appNumbers.get(app);
    if (appNumber === undefined) {
      appNumber = this.apps.push(app) - 1;
      this.appNumbers.set(app, appNumber);
      this.windowNumbers.push(new Map());
    }
    const numbers = this.windowNumbers[appNumber]!;
    const key = keyOf(title);
    let number = numbers.get(key);
    if (number === undefined) {
      const ending = title.slice(LONGEST_TITLE).slice(-LONGEST_TITLE);
      number = this.windowNames.push({ app: appNumber, title: cut(title, LONGEST_TITLE), ending }) - 1;
      numbers.set(key, number);
    }
    return number;
  }
}

/** Stands for the whole title; longer than any that stands for itself. */
function keyOf(title: string): string {
  if (title.length <= LONGEST_TITLE) return title;
  return title.slice(0, LONGEST_TITLE) + createHash('sha256').update(title).digest('base64');
}

/** At most `longest` UTF-16 units, without half a character at the end. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const last = text.charCodeAt(longest - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? longest - 1 : longest);
}

function extended<T extends Float64Array | Uint32Array>(column: T): T {
  const larger = new (column.constructor as new (length: number) => T)(2 * column.length);
  larger.set(column);
  return larger;
}
