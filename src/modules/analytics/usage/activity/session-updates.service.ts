import { Injectable } from '@nestjs/common';
import { DAY_MS, utcDayOf, utcDaysOf } from '../quarter.js';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import { ActivitiesRepository } from './activities.repository.js';
import type { Session, SessionEvent } from './session-chain.js';
import {
  keyOf,
  planSessions,
  recountSessions,
  reduced,
  sortedEvents,
  withNext,
  withPruned,
  type Recount,
  type SessionChange,
} from './session-plan.js';
import { SessionsRepository } from './sessions.repository.js';

/** A user whose sessions the rows do not tell. */
interface Uncertain {
  user: number;
  known: readonly Session[];
  /** The new ones. */
  events: readonly SessionEvent[];
  lastNew: number;
  recount: Recount;
}

/** One whose sessions are counted again from `from` on. */
interface Open extends Uncertain {
  from: number;
  previousEndedAt: number;
}

/** Of so many users the events of some days are in memory together. */
const OPEN_AT_ONCE = 200;

/** Brings the stored sessions up to date with activities that were stored in the same transaction. */
@Injectable()
export class SessionUpdates {
  constructor(
    private readonly activities: ActivitiesRepository,
    private readonly sessions: SessionsRepository,
  ) {}

  /**
   * @param events the new events of each user, in any order
   * @returns what has changed, so that figures can follow
   */
  async apply(transaction: UsageTransaction, events: ReadonlyMap<number, SessionEvent[]>): Promise<SessionChange[]> {
    const changes: [user: number, change: SessionChange][] = [];
    const uncertain: Uncertain[] = [];
    const sorted = [...events].map(([user, list]) => [user, sortedEvents(list)] as const).sort(([a], [b]) => a - b);
    const spans = sorted.map(([user, list]) => ({ user, first: list[0]!.at, last: list.at(-1)!.at }));
    const around = await this.sessions.listAround(transaction, spans);
    for (const [user, list] of sorted) {
      const known = around.get(user) ?? [];
      const plan = planSessions(list, known);
      if (plan.kind === 'change') changes.push([user, plan.change]);
      else uncertain.push({ user, known, events: list, lastNew: list.at(-1)!.at, recount: plan.recount });
    }
    if (uncertain.length > 0) changes.push(...(await this.recount(transaction, uncertain)));
    await this.save(transaction, changes);
    return changes.map(([, change]) => change);
  }

  private async recount(transaction: UsageTransaction, users: Uncertain[]): Promise<[number, SessionChange][]> {
    const whole = users.filter(({ recount }) => !recount.isOpen);
    const changes: [number, SessionChange][] = [];
    if (whole.length > 0) {
      const stretches = whole.map(({ user, known, events, lastNew, recount: { from, toExclusive } }) => ({
        user,
        from,
        toExclusive: toExclusive ?? endOf(known, lastNew),
        days: activeDays(known, events),
      }));
      const events = await this.activities.listEvents(transaction, stretches);
      for (const { user, known, lastNew, recount } of whole) {
        const { from, toExclusive, previousEndedAt } = recount;
        const end = toExclusive ?? Infinity;
        const before = known.filter(({ startedAt }) => startedAt >= from && startedAt < end);
        const whole = withPruned(sortedEvents(events.get(user) ?? []), before);
        const input = { events: whole, before, previousEndedAt, lastNew };
        const found = recountSessions({ ...input, isComplete: true })!;
        const next = known.find(({ startedAt }) => startedAt === toExclusive);
        changes.push([user, withNext(found.before, found.after, next)]);
      }
    }
    const open = users.filter(({ recount }) => recount.isOpen);
    for (let i = 0; i < open.length; i += OPEN_AT_ONCE) {
      changes.push(...(await this.recountOpen(transaction, open.slice(i, i + OPEN_AT_ONCE))));
    }
    return changes;
  }

  /** Those who go on without a pause: one event may move the limits of 24 hours of all sessions after it. */
  private async recountOpen(transaction: UsageTransaction, users: Uncertain[]): Promise<[number, SessionChange][]> {
    const changes: [number, SessionChange][] = [];
    let open: Open[] = [];
    for (const one of users) {
      open.push({ ...one, ...(await this.unsharedStart(transaction, one.user, one.recount)) });
    }
    for (let span = DAY_MS; open.length > 0; span *= 2) {
      const stretches = open.map(({ user, from, lastNew }) => ({ user, from, toExclusive: lastNew + span }));
      const goOn = await this.sessions.listGoingOn(transaction, stretches);
      const sessions = await this.sessions.listWithin(transaction, stretches);
      const events = await this.activities.listEvents(
        transaction,
        stretches.map((stretch, i) => {
          const { user } = stretch;
          const { events, lastNew } = open[i]!;
          const known = sessions.get(user) ?? [];
          const days = activeDays(known, events);
          return goOn.has(user) ? { ...stretch, days } : { ...stretch, days, toExclusive: endOf(known, lastNew) };
        }),
      );
      open = open.filter(({ user, previousEndedAt, lastNew }) => {
        const before = sessions.get(user) ?? [];
        const change = recountSessions({
          events: withPruned(sortedEvents(events.get(user) ?? []), before),
          before,
          previousEndedAt,
          lastNew,
          isComplete: !goOn.has(user),
        });
        if (change !== null) changes.push([user, change]);
        return change === null;
      });
    }
    return changes;
  }

  /** Goes back to a session that begins in a millisecond in which no other has an event. */
  private async unsharedStart(
    transaction: UsageTransaction,
    user: number,
    recount: Recount,
  ): Promise<Pick<Recount, 'from' | 'previousEndedAt'>> {
    let { from, previousEndedAt } = recount;
    while (previousEndedAt === from) {
      from = (await this.sessions.findStartBefore(transaction, user, from))!;
      const sessions = await this.sessions.listWithin(transaction, [{ user, from, toExclusive: from + 1 }]);
      ({ previousEndedAt } = sessions.get(user)![0]!);
    }
    return { from, previousEndedAt };
  }

  private async save(transaction: UsageTransaction, changes: [number, SessionChange][]): Promise<void> {
    const gone: [number, Session][] = [];
    const saved: [number, Session][] = [];
    for (const [user, change] of changes) {
      const { before, after } = reduced(change);
      // Most users only have a session more, or a longer one.
      const kept = before.length === 0 ? null : new Set(after.map(keyOf));
      for (const session of before) if (!kept!.has(keyOf(session))) gone.push([user, session]);
      for (const session of after) saved.push([user, session]);
    }
    await this.sessions.delete(transaction, gone);
    await this.sessions.save(transaction, saved);
  }
}

/** Behind a user's last event: the last of the new ones, or the end of the last session. */
function endOf(sessions: readonly Session[], lastNew: number): number {
  return Math.max(lastNew, sessions.at(-1)?.endedAt ?? lastNew) + 1;
}

/** The days of UTC that have events of these: every event that is stored lies in a session, or is new. */
function activeDays(sessions: readonly Session[], events: readonly SessionEvent[]): number[] {
  const days = new Set(events.map(({ at }) => utcDayOf(at)));
  for (const { startedAt, endedAt } of sessions) {
    for (const day of utcDaysOf({ from: startedAt, toExclusive: endedAt + 1 })) days.add(day);
  }
  return [...days];
}
