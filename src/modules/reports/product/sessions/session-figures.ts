const MINUTE_MS = 60_000;

export interface SessionTotals {
  sessions: number;
  averageMinutes: number;
  engagedSessions: number;
  engagedAverageMinutes: number;
  bounceRate: number;
  eventsPerSession: number;
}

export interface SessionBucket {
  time: string;
  sessions: number;
  averageMinutes: number;
  bounceRate: number;
}

/**
 * Adds sessions up, in all and per interval of their start. A session lasts from its first to its last event; one with
 * a single event is a bounce, every other is engaged. Sums are of whole milliseconds and so do not depend on the order.
 */
export class SessionFigures {
  private readonly total = new Tally();
  private readonly tallies: (Tally | undefined)[] = [];

  /** `bucket`: position of the interval in which the session began; -1: before them all, in no item. */
  add(bucket: number, durationMs: number, events: number): void {
    this.total.add(durationMs, events);
    if (bucket >= 0) (this.tallies[bucket] ??= new Tally()).add(durationMs, events);
  }

  /** Averages and shares are 0 where there is no session. */
  totals(): SessionTotals {
    const { sessions, bounces, durationMs, events } = this.total;
    const engagedSessions = sessions - bounces;
    return {
      sessions,
      averageMinutes: ratio(durationMs / MINUTE_MS, sessions),
      engagedSessions,
      // A bounce lasts no time.
      engagedAverageMinutes: ratio(durationMs / MINUTE_MS, engagedSessions),
      bounceRate: ratio(bounces, sessions),
      eventsPerSession: ratio(events, sessions),
    };
  }

  /** One item for each label, in their order. */
  buckets(labels: readonly string[]): SessionBucket[] {
    return labels.map((time, i) => {
      const { sessions, bounces, durationMs } = this.tallies[i] ?? NOTHING;
      return {
        time,
        sessions,
        averageMinutes: ratio(durationMs / MINUTE_MS, sessions),
        bounceRate: ratio(bounces, sessions),
      };
    });
  }
}

class Tally {
  sessions = 0;
  bounces = 0;
  durationMs = 0;
  events = 0;

  add(durationMs: number, events: number): void {
    this.sessions++;
    if (events === 1) this.bounces++;
    this.durationMs += durationMs;
    this.events += events;
  }
}

const NOTHING = new Tally();

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
