/** What the state of a browser depends on; other types of events are signals only. */
export type SignalKind = 'activated' | 'opened' | 'closed' | 'focus' | 'idle' | 'other';

/** One event, as far as it tells what a person looks at. */
export interface Signal {
  /** Epoch milliseconds. */
  at: number;
  kind: SignalKind;
  tab: number | null;
  window: number | null;
  /** A number for the domain of the page; `NOWHERE`: a page without one; `null`: the event does not say. */
  domain: number | null;
  /** Of `idle`: whether somebody is there; `null`: not told. */
  isActive: boolean | null;
  /** Which of a person's browsers; all that say nothing are one. */
  device: string;
}

/** A page that has no domain, or none at all. */
export const NOWHERE = -1;

/** All that later pages depend on, with the names of domains; a tab without one has `null`. */
export interface StoredBrowser {
  since: number;
  front: number | null;
  frontIsTold: boolean;
  hasFocus: boolean;
  isActive: boolean;
  windows: [window: number | null, tab: number][];
  tabs: [tab: number, domain: string | null][];
}

/** More than a browser has; what was told of earliest is forgotten first. */
const MAX_TABS = 2000;
const MAX_WINDOWS = 200;
/** Where an event names no tab, the window stands for it. Real numbers of tabs are far from here. */
const UNNAMED_TAB = -(2 ** 52);
const NO_WINDOW = null;

/**
 * What one browser shows, by its events in the order of time. Until it is told otherwise it has the focus, in the window
 * of the tab that was activated last, and somebody is there.
 */
export class BrowserState {
  /** When it was last heard of. */
  since = 0;
  /** The domain that the person looks at, or `NOWHERE`. */
  domain = NOWHERE;
  private isActive = true;
  private hasFocus = true;
  /** The window that has or last had the focus. */
  private front: number | null = NO_WINDOW;
  /** By a change of focus; until then it is the window in which a tab was activated last. */
  private frontIsTold = false;
  /** The active tab of each window. */
  private readonly windows = new Map<number | null, number>();
  private readonly tabs = new Map<number, number>();

  apply(signal: Signal): void {
    this.since = signal.at;
    switch (signal.kind) {
      case 'activated':
        this.activate(signal);
        break;
      case 'opened':
        this.learn(this.tabOf(signal), signal.domain);
        break;
      case 'closed':
        this.close(signal);
        break;
      case 'focus':
        this.focus(signal.window);
        break;
      case 'idle':
        this.isActive = signal.isActive ?? this.isActive;
        break;
      case 'other':
        break;
    }
    this.domain = this.lookedAt();
  }

  save(nameOf: (domain: number) => string): StoredBrowser {
    const { since, front, frontIsTold, hasFocus, isActive } = this;
    const tabs = [...this.tabs].map(
      ([tab, domain]) => [tab, domain === NOWHERE ? null : nameOf(domain)] as [number, string | null],
    );
    return { since, front, frontIsTold, hasFocus, isActive, windows: [...this.windows], tabs };
  }

  static restore(stored: StoredBrowser, numberOf: (domain: string) => number): BrowserState {
    const state = new BrowserState();
    const { since, front, frontIsTold, hasFocus, isActive, windows, tabs } = stored;
    Object.assign(state, { since, front, frontIsTold, hasFocus, isActive });
    for (const [window, tab] of windows) state.windows.set(window, tab);
    for (const [tab, domain] of tabs) state.tabs.set(tab, domain === null ? NOWHERE : numberOf(domain));
    state.domain = state.lookedAt();
    return state;
  }

  private lookedAt(): number {
    if (!this.isActive || !this.hasFocus) return NOWHERE;
    const tab = this.windows.get(this.front);
    return tab === undefined ? NOWHERE : (this.tabs.get(tab) ?? NOWHERE);
  }

  private activate(signal: Signal): void {
    const window = signal.window ?? this.front;
    const tab = this.tabOf(signal);
    put(this.windows, window, tab, MAX_WINDOWS);
    this.learn(tab, signal.domain);
    if (!this.frontIsTold) this.front = window;
  }

  private learn(tab: number, domain: number | null): void {
    if (domain !== null) put(this.tabs, tab, domain, MAX_TABS);
  }

  private close(signal: Signal): void {
    const tab = this.tabOf(signal);
    this.tabs.delete(tab);
    for (const [window, active] of this.windows) if (active === tab) this.windows.delete(window);
  }

  private focus(window: number | null): void {
    if (window === null) return;
    this.hasFocus = window >= 0;
    if (window < 0) return;
    this.front = window;
    this.frontIsTold = true;
    // What was activated in a window without a name was in this one.
    const unnamed = this.windows.get(NO_WINDOW);
    if (unnamed === undefined) return;
    this.windows.delete(NO_WINDOW);
    if (!this.windows.has(window)) this.windows.set(window, unnamed);
  }

  private tabOf({ tab, window }: Signal): number {
    return tab ?? UNNAMED_TAB - (window ?? this.front ?? 0);
  }
}

/** As the latest; the earliest make room for it. */
function put<K, V>(map: Map<K, V>, key: K, value: V, most: number): void {
  map.delete(key);
  map.set(key, value);
  if (map.size > most) map.delete(map.keys().next().value as K);
}
