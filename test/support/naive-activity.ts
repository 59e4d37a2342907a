import type { ActivityQuery, AfkPoint, WindowPoint } from '../../src/modules/activity/activity-points.js';

/** A point of one of two measurements, before it is a line. */
export interface NaivePoint {
  measurement: 'afk_status' | 'window_activity';
  user: string;
  host: string;
  /** The tag `status` or `app`. */
  label: string;
  /** Epoch milliseconds. */
  start: number;
  /** Seconds; absent in a point that only brings a title. */
  duration?: number;
  title?: string;
}

export function toLine({ measurement, user, host, label, start, duration, title }: NaivePoint, org: string): string {
  const tag = measurement === 'afk_status' ? 'status' : 'app';
  const fields = [
    ...(title === undefined ? [] : [`title="${title.replace(/["\\]/g, '\\$&')}"`]),
    ...(duration === undefined ? [] : [`duration=${duration}`]),
  ];
  const tags = { [tag]: label, hostname: host, user, org };
  const escaped = Object.entries(tags).map(([key, value]) => `,${key}=${value.replace(/[,= ]/g, '\\$&')}`);
  return `${measurement}${escaped.join('')} ${fields.join()} ${start}000000`;
}

/** The last values of every point, found by writing them down one after the other. */
export class NaiveActivity {
  private readonly points = new Map<string, NaivePoint>();

  add(point: NaivePoint): void {
    const { measurement, user, host, label, start } = point;
    const key = JSON.stringify([measurement, user, host, label, start]);
    this.points.set(key, { ...this.points.get(key), ...point });
  }

  afk(query: ActivityQuery): AfkPoint[] {
    return this.list('afk_status', query).map(({ user, host, start, duration, label }) => ({
      user,
      host,
      start,
      durationMs: duration! * 1000,
      status: label as AfkPoint['status'],
    }));
  }

  windows(query: ActivityQuery): WindowPoint[] {
    return this.list('window_activity', query).map(({ user, host, start, duration, label, title = '' }) => ({
      user,
      host,
      start,
      durationMs: duration! * 1000,
      app: label,
      title,
    }));
  }

  private list(measurement: string, { user, from, toExclusive }: ActivityQuery): NaivePoint[] {
    return [...this.points.values()].filter((point) => {
      if (point.measurement !== measurement || point.user !== user.name || point.duration === undefined) return false;
      const end = point.start + point.duration * 1000;
      return point.start < toExclusive && (point.start >= from || end > from);
    });
  }
}
