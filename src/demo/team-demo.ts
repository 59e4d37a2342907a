import { lastLocalDays, walkCalendar, type Bucket } from '../common/time/calendar.js';
import { Random } from './random.js';

const DAYS = 14;
const SEED = 20_251_117;
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** What somebody does, and how often beside the others. */
interface Habit {
  app: string;
  titles: readonly string[];
  weight: number;
}

interface Teammate {
  name: string;
  host: string;
  /** Hours after the beginning of the day, about. */
  begins: number;
  worksHours: number;
  habits: readonly Habit[];
}

const MAIL: Habit = {
  app: 'Outlook',
  titles: ['Inbox - Outlook', 'Re: Order 2214 - Outlook', 'Calendar - Outlook'],
  weight: 3,
};
const CHAT: Habit = { app: 'Slack', titles: ['#shop - Slack', '#support - Slack', 'Cleo - Slack'], weight: 3 };
const BREAK: Habit = {
  app: 'Firefox',
  titles: ['YouTube - lo-fi beats', 'r/programming - Reddit', 'Weather for the weekend'],
  weight: 1,
};

export const DEMO_TEAM: readonly Teammate[] = [
  {
    name: 'ada',
    host: 'ada-laptop',
    begins: 8.5,
    worksHours: 8,
    habits: [
      { app: 'VS Code', titles: ['checkout.ts - shop', 'cart.spec.ts - shop', 'README.md - shop'], weight: 9 },
      { app: 'Terminal', titles: ['npm test', 'git rebase main', 'ssh staging'], weight: 4 },
      { app: 'Firefox', titles: ['Pull request #231: Faster checkout', 'Stack Overflow - Node streams'], weight: 3 },
      CHAT,
      MAIL,
      BREAK,
    ],
  },
  {
    name: 'ben',
    host: 'ben desktop',
    begins: 9.5,
    worksHours: 7.5,
    habits: [
      { app: 'Excel', titles: ['Forecast 2026.xlsx - Excel', 'Returns, by "reason".xlsx - Excel'], weight: 7 },
      { app: 'Word', titles: ['Contract draft.docx - Word', 'Minutes.docx - Word'], weight: 4 },
      MAIL,
      CHAT,
      { ...BREAK, weight: 2 },
    ],
  },
  {
    name: 'cleo',
    host: 'cleo-laptop',
    begins: 8,
    worksHours: 6,
    habits: [
      { app: 'Figma', titles: ['Product page - Figma', 'Icons - Figma'], weight: 8 },
      { app: 'Firefox', titles: ['Design system - Shop', 'Accessibility checklist'], weight: 3 },
      { app: 'Spotify', titles: ['Focus - Spotify'], weight: 1 },
      CHAT,
      MAIL,
    ],
  },
];

interface Activity {
  start: number;
  seconds: number;
}

/**
 * Two weeks of a small team, up to `until` (epoch milliseconds), as the line protocol of a time monitor. The same arguments
 * give the same lines.
 */
export function generateTeamWeeks(org: string, until: number, timeZone: string): string[] {
  const days = listTeamDays(until, timeZone);
  return DEMO_TEAM.flatMap((teammate, index) => {
    const random = new Random(SEED + index);
    return days.filter(isWorkday).flatMap((day) => new TeamDay(org, teammate, random, day, until).lines());
  });
}

/** The local days that `until` ends. */
export function listTeamDays(until: number, timeZone: string): Bucket[] {
  return [...walkCalendar(lastLocalDays(DAYS, until, timeZone), 'day', timeZone)];
}

function isWorkday({ label }: Bucket): boolean {
  const weekday = new Date(label).getUTCDay();
  return weekday > 0 && weekday < 6;
}

/** One day of one of them. */
class TeamDay {
  private readonly written: string[] = [];
  private readonly byHour = new Map<string, { app: string; hour: number; seconds: number; events: number }>();
  private readonly totals = { active: 0, idle: 0, afk: 0 };
  private switches = 0;

  constructor(
    private readonly org: string,
    private readonly teammate: Teammate,
    private readonly random: Random,
    private readonly day: Bucket,
    private readonly until: number,
  ) {}

  lines(): string[] {
    const { random, teammate } = this;
    let now = this.day.start + teammate.begins * HOUR + random.integer(-20, 20) * MINUTE;
    const end = now + teammate.worksHours * HOUR + random.integer(-40, 30) * MINUTE;
    const lunch = this.day.start + 12.25 * HOUR + random.integer(0, 45) * MINUTE;
    let hasEaten = false;
    while (now < Math.min(end, this.until)) {
      now = this.work(now, random.integer(25, 90) * 60);
      if (!hasEaten && now >= lunch) {
        hasEaten = true;
        now = this.pause('afk', now, random.integer(28, 50) * 60);
      } else if (random.chance(0.2)) now = this.pause('idle', now, random.integer(2, 9) * 60);
      else now = this.pause('afk', now, random.integer(4, 16) * 60);
    }
    this.tellOfHours();
    if (now >= end) this.tellOfDay(now);
    return this.written;
  }

  /** Returns the end. */
  private work(start: number, wanted: number): number {
    const seconds = this.knownSeconds(start, wanted);
    if (seconds === 0) return start + 1000;
    this.totals.active += seconds;
    this.write('afk_status', { status: 'active' }, `duration=${seconds}`, start);
    for (let left = seconds, now = start; left > 0;) {
      const habit = this.random.pickWeighted(this.teammate.habits, ({ weight }) => weight);
      const length = Math.min(left, this.random.integer(40, 14 * 60));
      const title = this.random.pick(habit.titles).replace(/["\\]/g, '\\$&');
      this.write('window_activity', { app: habit.app }, `title="${title}",duration=${length}`, now);
      this.count(habit.app, { start: now, seconds: length });
      now += length * 1000;
      left -= length;
    }
    return start + seconds * 1000;
  }

  private pause(status: 'idle' | 'afk', start: number, wanted: number): number {
    const seconds = this.knownSeconds(start, wanted);
    if (seconds === 0) return start + 1000;
    this.totals[status] += seconds;
    this.write('afk_status', { status }, `duration=${seconds}`, start);
    return start + seconds * 1000;
  }

  /** What is still to come is not known to a monitor. */
  private knownSeconds(start: number, seconds: number): number {
    return Math.max(0, Math.min(seconds, Math.floor((this.until - start) / 1000)));
  }

  /** Adds an activity to the hours over which it goes. */
  private count(app: string, { start, seconds }: Activity): void {
    this.switches += 1;
    for (let now = start, left = seconds * 1000; left > 0;) {
      const hour = now - (now % HOUR);
      const length = Math.min(left, hour + HOUR - now);
      const key = `${hour} ${app}`;
      const usage = this.byHour.get(key) ?? { app, hour, seconds: 0, events: 0 };
      usage.seconds += length / 1000;
      usage.events += 1;
      this.byHour.set(key, usage);
      now += length;
      left -= length;
    }
  }

  private tellOfHours(): void {
    for (const { app, hour, seconds, events } of this.byHour.values()) {
      this.write('app_usage', { app_name: app }, `duration_seconds=${seconds},event_count=${events}i`, hour);
    }
  }

  private tellOfDay(at: number): void {
    const { active, idle, afk } = this.totals;
    const ratio = (active / (active + idle + afk)).toFixed(4);
    const fields =
      `active_seconds=${active},idle_seconds=${idle},afk_seconds=${afk},` +
      `utilization_ratio=${ratio},app_switches=${this.switches}i`;
    this.write('daily_metrics', { date: this.day.label }, fields, at);
  }

  private write(measurement: string, tags: Record<string, string>, fields: string, at: number): void {
    const all = { ...tags, hostname: this.teammate.host, user: this.teammate.name, org: this.org };
    const series = Object.entries(all).map(([key, value]) => `,${key}=${value.replace(/[,= ]/g, '\\$&')}`);
    this.written.push(`${measurement}${series.join('')} ${fields} ${Math.floor(at)}`);
  }
}
