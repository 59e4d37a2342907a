import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { PersonPoints } from './activity-points.js';

const FOLDER = resolve('../shared/data/turbo');

export const SAMPLE_USERS = ['alice', 'ben', 'danielle'] as const;

/** The real sample lies beside the project, not in it. */
export function hasTurboSample(): boolean {
  return existsSync(FOLDER);
}

/** `describe`, or a skip that says so. */
export function describeWithSample(): typeof describe.skip {
  if (hasTurboSample()) return describe;
  process.stderr.write(
    `SKIPPED: what needs the sample of time-monitoring data, which is not in ../shared/data/turbo.\n`,
  );
  return describe.skip;
}

interface Line {
  tags: Record<string, string>;
  fields: Record<string, string>;
  /** Epoch milliseconds. */
  time: number;
}

/** One person's points. Reads only what the sample holds: no escapes, no commas within values. */
export function samplePoints(user: string): PersonPoints {
  return {
    afk: lines('afk_status', user).map(({ tags, fields, time }) => ({
      user,
      host: tags.hostname!,
      start: time,
      durationMs: Number(fields.duration) * 1000,
      status: tags.status as 'active',
    })),
    windows: lines('window_activity', user).map(({ tags, fields, time }) => ({
      user,
      host: tags.hostname!,
      start: time,
      durationMs: Number(fields.duration) * 1000,
      app: tags.app!,
      title: fields.title!.slice(1, -1),
    })),
    dailyMetrics: lines('daily_metrics', user).map(({ tags, fields }) => ({
      user,
      host: tags.hostname!,
      date: tags.date!,
      activeMs: Number(fields.active_seconds) * 1000,
      idleMs: Number(fields.idle_seconds) * 1000,
      afkMs: Number(fields.afk_seconds) * 1000,
      utilization: Number(fields.utilization_ratio),
      appSwitches: parseInt(fields.app_switches!, 10),
    })),
  };
}

/** The text of a measurement, as a collector would send it. */
export function sampleText(measurement: string): string {
  return readFileSync(resolve(FOLDER, `${measurement}.lp`), 'utf8');
}

function lines(measurement: string, user: string): Line[] {
  return sampleText(measurement)
    .split('\n')
    .filter((line) => line !== '')
    .map(parse)
    .filter(({ tags }) => tags.user === user);
}

function parse(line: string): Line {
  const end = line.lastIndexOf(' ');
  // Tags hold no space in the sample; a title may.
  const fieldsAt = line.indexOf(' ', line.indexOf(',org='));
  return {
    tags: pairs(line.slice(line.indexOf(',') + 1, fieldsAt)),
    fields: pairs(line.slice(fieldsAt + 1, end)),
    time: Number(BigInt(line.slice(end + 1)) / 1_000_000n),
  };
}

function pairs(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );
}
