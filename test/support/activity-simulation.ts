import type { AfkPoint, WindowPoint } from '../../src/modules/activity/activity-points.js';
import type { Period } from './activity-points.js';

/** Seconds of one local hour of one local date. */
export interface SimulatedHour {
  active: number;
  idle: number;
  afk: number;
  /** How long the clock showed this hour. */
  total: number;
  /** App → seconds. */
  apps: Map<string, number>;
}

/** `2025-11-19` → 24 hours. */
export type SimulatedDays = Map<string, SimulatedHour[]>;

const RANK = { afk: 1, idle: 2, active: 3 } as const;

/**
 * The rules of productivity reports as one would write them without care for time or memory: every second is a cell that
 * points are painted on, and the local hour of each minute comes from `Intl`. Shares no code with what it checks.
 * Points must begin and end at full seconds.
 */
export function simulate(
  points: { afk: readonly AfkPoint[]; windows: readonly WindowPoint[] },
  period: Period,
): SimulatedDays {
  // A day and a half more at both ends covers every offset from UTC.
  const base = Date.parse(`${period.startDate}T00:00:00Z`) / 1000 - 129_600;
  const seconds = Date.parse(`${period.endDate}T00:00:00Z`) / 1000 + 86_400 + 129_600 - base;
  const state = new Uint8Array(seconds);
  for (const { start, durationMs, status } of points.afk) {
    paint(base, seconds, start, durationMs, (at) => {
      state[at] = Math.max(state[at]!, RANK[status]);
    });
  }
  const shown = new Map<string, Uint8Array>();
  for (const { start, durationMs, app } of points.windows) {
    const cells = shown.get(app) ?? new Uint8Array(seconds);
    shown.set(app, cells);
    paint(base, seconds, start, durationMs, (at) => {
      cells[at] = 1;
    });
  }

  const days: SimulatedDays = new Map();
  for (const date of dates(period)) days.set(date, Array.from({ length: 24 }, emptyHour));
  const clock = new Intl.DateTimeFormat('en-CA', {
    timeZone: period.timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
  });
  for (let minute = 0; minute < seconds; minute += 60) {
    const parts = Object.fromEntries(
      clock.formatToParts((base + minute) * 1000).map(({ type, value }) => [type, value]),
    );
    const hour = days.get(`${parts.year}-${parts.month}-${parts.day}`)?.[Number(parts.hour)];
    if (hour === undefined) continue;
    for (let at = minute; at < minute + 60; at++) {
      hour.total++;
      if (state[at] === RANK.active) hour.active++;
      if (state[at] === RANK.idle) hour.idle++;
      if (state[at] === RANK.afk) hour.afk++;
      if (state[at] !== RANK.active) continue;
      for (const [app, cells] of shown) if (cells[at] === 1) hour.apps.set(app, (hour.apps.get(app) ?? 0) + 1);
    }
  }
  return days;
}

function paint(base: number, seconds: number, start: number, durationMs: number, cell: (at: number) => void): void {
  const from = start / 1000 - base;
  const to = Math.min(seconds, from + durationMs / 1000);
  for (let at = Math.max(0, from); at < to; at++) cell(at);
}

function emptyHour(): SimulatedHour {
  return { active: 0, idle: 0, afk: 0, total: 0, apps: new Map() };
}

function dates({ startDate, endDate }: Period): string[] {
  const all: string[] = [];
  for (let at = Date.parse(startDate); at <= Date.parse(endDate); at += 86_400_000) {
    all.push(new Date(at).toISOString().slice(0, 10));
  }
  return all;
}
