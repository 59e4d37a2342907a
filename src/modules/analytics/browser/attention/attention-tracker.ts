import { LONGEST_GAP_MS, type GapPolicy } from '../gap-policy.js';
import { BrowserState, NOWHERE, type Signal, type StoredBrowser } from './browser-state.js';

/** Time that a person spent on a domain; stretches come in the order of time and never overlap. */
export type Credit = (domain: number, from: number, toExclusive: number) => void;

/** All that later credits depend on. */
export interface StoredAttention {
  /** When the last event happened; `null`: there was none. */
  last: number | null;
  /** That which was heard of last stands last. */
  browsers: (StoredBrowser & { device: string })[];
}

/** More browsers than a person has; that which was heard of earliest is forgotten. */
const MAX_BROWSERS = 20;
/** More signals than they make in half an hour; then what is not known to count yet does not. */
const MAX_UNDECIDED = 50_000;

interface Browser {
  device: string;
  state: BrowserState;
  stretch: Stretch;
}

/** From one signal of a browser to its next. */
interface Stretch {
  domain: number;
  start: number;
  /** Whether it counts under `drop`; `null`: not known yet. */
  counts: boolean | null;
}

/** Between two signals of any browsers, with the stretches that it may belong to, the best first. */
interface Interval {
  start: number;
  end: number;
  candidates: Stretch[];
}

/**
 * Where a person's time goes, from the signals of all their browsers in the order of time: fed signal by signal, it
 * depends on nothing else. It keeps the state of each browser and, under `drop`, half an hour of signals at most.
 *
 * An instant belongs to the domain that a browser shows (see `BrowserState`) if that browser has been heard of within
 * the last 30 minutes and any browser is heard of later: the last signal of all credits nothing. Under `drop` the
 * instant counts only if the time between this browser's signals before and after it is less than 30 minutes. Of
 * several browsers the one that was heard of last has the instant, so that time at two at once is counted once.
 */
export class AttentionTracker {
  /** That which was heard of last stands last. */
  private readonly browsers: Browser[] = [];
  private readonly undecided = new Queue<Interval>();
  private last = -Infinity;

  constructor(
    private readonly gap: GapPolicy,
    private readonly credit: Credit,
  ) {}

  feed(signal: Signal): void {
    this.advance(signal.at);
    const browser = this.heardOf(signal.device);
    const { state, stretch } = browser;
    stretch.counts = signal.at - stretch.start < LONGEST_GAP_MS;
    state.apply(signal);
    if (this.gap === 'cap') {
      stretch.domain = state.domain;
      stretch.start = signal.at;
    } else {
      browser.stretch = { domain: state.domain, start: signal.at, counts: null };
      this.decide(signal.at);
    }
  }

  /** Tells that a signal of some browser follows at this time, without what it says. */
  advance(at: number): void {
    if (at > this.last) {
      if (this.gap === 'cap') this.creditCapped(at);
      else this.postpone(at);
    }
    this.last = at;
  }

  /** No signal follows but those that it was told of: what is not known to count does not. */
  finish(): void {
    this.decide(Infinity);
  }

  /** @param nameOf the domain of a number; numbers are for one run only */
  save(nameOf: (domain: number) => string): StoredAttention {
    const browsers = this.browsers.map(({ device, state }) => ({ device, ...state.save(nameOf) }));
    return { last: browsers.length === 0 ? null : this.last, browsers };
  }

  /** Goes on where another has been saved; only before the first signal. */
  restore({ last, browsers }: StoredAttention, numberOf: (domain: string) => number): void {
    this.last = last ?? -Infinity;
    for (const { device, ...stored } of browsers) {
      const state = BrowserState.restore(stored, numberOf);
      this.browsers.push({ device, state, stretch: { domain: state.domain, start: state.since, counts: null } });
    }
  }

  /** Of those that show something, the one heard of last reaches furthest. */
  private creditCapped(end: number): void {
    for (let i = this.browsers.length - 1; i >= 0; i--) {
      const { domain, start } = this.browsers[i]!.stretch;
      if (domain === NOWHERE) continue;
      const until = Math.min(start + LONGEST_GAP_MS, end);
      if (until > this.last) this.credit(domain, this.last, until);
      return;
    }
  }

  private postpone(end: number): void {
    const candidates: Stretch[] = [];
    for (const { stretch } of this.browsers) {
      if (stretch.domain !== NOWHERE && this.last - stretch.start < LONGEST_GAP_MS) candidates.unshift(stretch);
    }
    if (candidates.length > 0) this.undecided.push({ start: this.last, end, candidates });
  }

  /** Credits the intervals that have become clear, from the first on. */
  private decide(now: number): void {
    for (let next = this.undecided.first; next !== undefined; next = this.undecided.first) {
      const { start, end, candidates } = next;
      const time = this.undecided.length > MAX_UNDECIDED ? Infinity : now;
      const winner = candidates.find((stretch) => countsBy(stretch, time) !== false);
      if (winner?.counts === null) return;
      if (winner !== undefined) this.credit(winner.domain, start, end);
      this.undecided.shift();
    }
  }

  private heardOf(device: string): Browser {
    const latest = this.browsers.at(-1);
    if (latest?.device === device) return latest;
    const position = this.browsers.findIndex((browser) => browser.device === device);
    const [known] = position === -1 ? [] : this.browsers.splice(position, 1);
    const browser = known ?? newBrowser(device);
    this.browsers.push(browser);
    if (this.browsers.length > MAX_BROWSERS) this.browsers.shift()!.stretch.counts = false;
    return browser;
  }
}

/** `shift` of a long array moves all that is in it. */
class Queue<T> {
  private items: T[] = [];
  private head = 0;

  get length(): number {
    return this.items.length - this.head;
  }

  get first(): T | undefined {
    return this.items[this.head];
  }

  push(item: T): void {
    this.items.push(item);
  }

  shift(): void {
    this.head++;
    if (this.head * 2 < this.items.length) return;
    this.items.splice(0, this.head);
    this.head = 0;
  }
}

function newBrowser(device: string): Browser {
  return { device, state: new BrowserState(), stretch: { domain: NOWHERE, start: -Infinity, counts: null } };
}

/** `null`: not known yet. */
function countsBy({ counts, start }: Stretch, now: number): boolean | null {
  return counts ?? (now - start < LONGEST_GAP_MS ? null : false);
}
