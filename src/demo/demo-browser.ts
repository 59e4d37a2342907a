import type { Random } from './random.js';
import type { Page, Site } from './browsing-sites.js';

const MINUTE_MS = 60_000;
const LONGEST_LOOK_MINUTES = 55;
const MOST_TABS = 9;

/** An event as the browser extension records it, still without an `_id`. */
export interface BrowserSignal {
  type: string;
  /** Epoch milliseconds. */
  ts: number;
  payload: Record<string, string | number>;
}

/** What somebody does at a browser, by how likely it comes next. */
export interface Habits {
  sites: readonly Site[];
  /** Kept open in a second window. */
  companions?: readonly Site[];
  /** A look at another program. */
  leave: number;
  /** A pause without leaving the page. */
  pause: number;
}

interface Tab {
  id: number;
  window: number;
  site: Site;
  page: Page;
}

/** One browser of a person over days: what it tells while the person sits at it. */
export class DemoBrowser {
  readonly signals: BrowserSignal[] = [];
  private readonly tabs: Tab[] = [];
  private active: Tab | undefined;
  private nextTab = 1;
  private now = 0;
  private habits: Habits;

  constructor(
    private readonly random: Random,
    private readonly deviceId: string,
  ) {}

  /** From `start` to about `end`, epoch milliseconds; not before an earlier sitting has ended. */
  sit(start: number, end: number, habits: Habits): void {
    this.now = Math.max(this.now + MINUTE_MS, start);
    this.habits = habits;
    this.record('IDLE_STATE_CHANGED', { state: 'active' });
    for (const site of habits.companions ?? []) if (!this.tabs.some((tab) => tab.site === site)) this.open(site, 2);
    this.open(this.chooseSite(), 1);
    this.look();
    while (this.now < end) {
      this.act();
      this.look();
    }
    this.record('IDLE_STATE_CHANGED', { state: 'locked' });
  }

  private act(): void {
    const { leave, pause, companions = [] } = this.habits;
    const acts: [weight: number, act: () => void][] = [
      [6, () => this.follow()],
      [4, () => this.activateAnother()],
      [3, () => this.open(this.chooseSite(), 1)],
      [1.5, () => this.close()],
      [companions.length, () => this.glance()],
      [companions.length / 2, () => this.hear()],
      [leave, () => this.leave()],
      [pause, () => this.pause()],
    ];
    this.random.pickWeighted(acts, ([weight]) => weight)[1]();
  }

  /** A link within the site. */
  private follow(): void {
    if (this.active === undefined) return;
    this.active.page = this.random.pick(this.active.site.pages);
    this.tell('TAB_UPDATED', this.active);
  }

  private activateAnother(): void {
    const others = this.tabs.filter((tab) => tab.window === 1 && tab !== this.active);
    if (others.length > 0) this.activate(this.random.pick(others));
  }

  private open(site: Site, window: number): void {
    const tab: Tab = { id: this.nextTab++, window, site, page: this.random.pick(site.pages) };
    this.tabs.push(tab);
    this.record('TAB_CREATED', { tabId: tab.id, windowId: window, url: 'chrome://newtab/', title: 'New Tab' });
    this.now += 300;
    if (window === 1) this.activate(tab);
    this.tell('TAB_UPDATED', tab);
    const mine = this.tabs.filter((one) => one.window === 1);
    if (mine.length > MOST_TABS) this.remove(mine[0]!);
  }

  private close(): void {
    const closed = this.active;
    const others = this.tabs.filter((tab) => tab.window === 1 && tab !== closed);
    if (closed?.window !== 1 || others.length === 0) return;
    this.remove(closed);
    this.activate(others.at(-1)!);
  }

  /** Mail and chat, and back to the page. */
  private glance(): void {
    const before = this.active;
    const companions = this.tabs.filter((tab) => tab.window === 2);
    if (before === undefined || companions.length === 0) return;
    this.record('WINDOW_FOCUS_CHANGED', { windowId: 2 });
    this.activate(this.random.pickWeighted(companions, ({ site }) => site.weight));
    this.look();
    this.record('WINDOW_FOCUS_CHANGED', { windowId: 1 });
    this.activate(before);
  }

  /** A message arrives in a tab that is not looked at. */
  private hear(): void {
    const [tab] = this.tabs.filter((one) => one.window === 2);
    if (tab === undefined) return;
    tab.page = this.random.pick(tab.site.pages);
    this.tell('TAB_UPDATED', tab);
  }

  private leave(): void {
    this.record('WINDOW_FOCUS_CHANGED', { windowId: -1 });
    this.wait(7);
    this.record('WINDOW_FOCUS_CHANGED', { windowId: 1 });
  }

  private pause(): void {
    this.record('IDLE_STATE_CHANGED', { state: 'idle' });
    this.wait(9);
    this.record('IDLE_STATE_CHANGED', { state: 'active' });
  }

  private activate(tab: Tab): void {
    this.active = tab;
    this.tell('TAB_ACTIVATED', tab);
  }

  private remove(tab: Tab): void {
    this.tabs.splice(this.tabs.indexOf(tab), 1);
    if (this.active === tab) this.active = undefined;
    this.record('TAB_REMOVED', { tabId: tab.id, windowId: tab.window });
  }

  private look(): void {
    this.wait(this.active?.site.meanMinutes ?? 1);
  }

  private wait(meanMinutes: number): void {
    const minutes = Math.min(this.random.exponential(meanMinutes), LONGEST_LOOK_MINUTES);
    this.now += 2000 + Math.round(minutes * MINUTE_MS);
  }

  private chooseSite(): Site {
    return this.random.pickWeighted(this.habits.sites, ({ weight }) => weight);
  }

  private tell(type: string, { id, window, site, page }: Tab): void {
    const scheme = site.host.startsWith('localhost') ? 'http' : 'https';
    const url = `${scheme}://${site.host}${page.path}`;
    this.record(type, { tabId: id, windowId: window, url, title: page.title });
  }

  private record(type: string, told: BrowserSignal['payload']): void {
    this.signals.push({ type, ts: this.now, payload: { type, ts: this.now, ...told, deviceId: this.deviceId } });
    this.now += 50;
  }
}
