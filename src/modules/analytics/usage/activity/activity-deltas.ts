import { DAY_MS, quarterOf, QUARTER_MS, utcDayOf } from '../quarter.js';
import type { Session } from './session-chain.js';
import type { SessionChange } from './session-plan.js';

/** What is added to the figures of one quarter of an hour. */
export interface ActivityCell {
  events: number;
  logins: number;
  registrations: number;
  /** Sessions that begin in it, and how long they last in all. */
  sessions: number;
  sessionMs: number;
  /** Sessions that began before the first instant of it and end at or after that. */
  straddling: number;
  /**
   * By how much more users return in the 24 hours that begin with the next cell than in those that begin with this one. A user
   * returns in a span with the first session that begins in it, unless another one lasts into it.
   */
  returnsChange: number;
}

export interface ReturnsCell {
  /** UTC day in which sessions begin, and the one in which the users' sessions before ended; -1: there was none. */
  startedDay: number;
  previousDay: number;
  sessions: number;
}

/**
 * Turns changes of events and sessions into changes of cells. All of them are sums, so the order in which rows arrive
 * does not matter.
 */
export class ActivityDeltas {
  private readonly cells = new Map<number, ActivityCell>();
  private readonly returns = new Map<string, ReturnsCell>();

  addEvent(at: number, action: string): void {
    const cell = this.cellAt(at);
    cell.events++;
    if (action === 'login') cell.logins++;
    else if (action === 'registration') cell.registrations++;
  }

  addChange({ before, after }: SessionChange): void {
    for (const session of before) this.addSession(session, -1);
    for (const session of after) this.addSession(session, 1);
  }

  addSession(session: Session, sign: 1 | -1): void {
    const { startedAt, endedAt, previousEndedAt } = session;
    const cell = this.cellAt(startedAt);
    cell.sessions += sign;
    cell.sessionMs += sign * (endedAt - startedAt);
    for (let start = quarterOf(startedAt) + QUARTER_MS; start <= endedAt; start += QUARTER_MS) {
      this.cellAt(start).straddling += sign;
    }
    // Returns in the 24 hours from each instant after `since` up to the session's beginning.
    const since = Math.max(previousEndedAt, startedAt - DAY_MS);
    this.cellAt(since).returnsChange += sign;
    cell.returnsChange -= sign;
    this.returnsOf(utcDayOf(startedAt), utcDayOf(previousEndedAt)).sessions += sign;
  }

  /** In order of time, without those that stay as they are. */
  changedCells(): [start: number, cell: ActivityCell][] {
    return [...this.cells].filter(([, cell]) => Object.values(cell).some(Boolean)).sort(([a], [b]) => a - b);
  }

  changedReturns(): ReturnsCell[] {
    return [...this.returns.values()]
      .filter(({ sessions }) => sessions !== 0)
      .sort((a, b) => a.startedDay - b.startedDay || a.previousDay - b.previousDay);
  }

  private cellAt(instant: number): ActivityCell {
    const start = quarterOf(instant);
    let cell = this.cells.get(start);
    if (cell === undefined) {
      cell = { events: 0, logins: 0, registrations: 0, sessions: 0, sessionMs: 0, straddling: 0, returnsChange: 0 };
      this.cells.set(start, cell);
    }
    return cell;
  }

  private returnsOf(startedDay: number, previousDay: number): ReturnsCell {
    const key = `${startedDay} ${previousDay}`;
    let cell = this.returns.get(key);
    if (cell === undefined) {
      cell = { startedDay, previousDay, sessions: 0 };
      this.returns.set(key, cell);
    }
    return cell;
  }
}
