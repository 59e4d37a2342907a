import { Injectable } from '@nestjs/common';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import { ActivitiesRepository, type UserStretch } from './activities.repository.js';
import type { Session, SessionEvent } from './session-chain.js';
import {
  planSessions,
  recountSessions,
  reduced,
  sortedEvents,
  withNext,
  type Recount,
  type SessionChange,
} from './session-plan.js';
import { SessionsRepository } from './sessions.repository.js';

const DAY_MS = 86_400_000;

/** A user whose sessions the rows do not tell. */
interface Uncertain {
  user: number;
  known: readonly Session[];
  lastNew: number;
  recount: Recount;
}

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
      else uncertain.push({ user, known, lastNew: list.at(-1)!.at, recount: plan.recount });
    }
    if (uncertain.length > 0) changes.push(...(await this.recount(transaction, uncertain)));
    await this.save(transaction, changes);
    return changes.map(([, change]) => change);
  }

  private async recount(transaction: UsageTransaction, users: Uncertain[]): Promise<[number, SessionChange][]> {
    const whole = users.filter(({ recount }) => !recount.isOpen);
    const changes: [number, SessionChange][] = [];
    if (whole.length > 0) {
      const stretches = whole.map(({ user, recount: { from, toExclusive } }) => ({ user, from, toExclusive }));
      const events = await this.activities.listEvents(transaction, stretches);
      for (const { user, known, lastNew, recount } of whole) {
        const { from, toExclusive, previousEndedAt } = recount;
        const end = toExclusive ?? Infinity;
        const before = known.filter(({ startedAt }) => startedAt >= from && startedAt < end);
        const input = { events: sortedEvents(events.get(user) ?? []), before, previousEndedAt, lastNew };
        const found = recountSessions({ ...input, isComplete: true })!;
        const next = known.find(({ startedAt }) => startedAt === toExclusive);
        changes.push([user, withNext(found.before, found.after, next)]);
      }
    }
    for (const user of users) {
      if (user.recount.isOpen) changes.push([user.user, await this.recountOpen(transaction, user)]);
    }
    return changes;
  }

  /** Somebody who is active without a pause: one event may move the limits of 24 hours of all sessions after it. */
  private async recountOpen(transaction: UsageTransaction, uncertain: Uncertain): Promise<SessionChange> {
    const { user, lastNew } = uncertain;
    const { from, previousEndedAt } = await this.unsharedStart(transaction, user, uncertain.recount);
    for (let span = DAY_MS; ; span *= 2) {
      const end = lastNew + span;
      const next = await this.sessions.findStart(transaction, user, 'from', end);
      const stretch: UserStretch = { user, from, toExclusive: next === null ? null : end };
      const events = sortedEvents((await this.activities.listEvents(transaction, [stretch])).get(user) ?? []);
      const before = await this.sessions.list(transaction, user, from, end);
      const change = recountSessions({ events, before, previousEndedAt, lastNew, isComplete: next === null });
      if (change !== null) return change;
    }
  }

  /** Goes back to a session that begins in a millisecond in which no other has an event. */
  private async unsharedStart(
    transaction: UsageTransaction,
    user: number,
    recount: Recount,
  ): Promise<Pick<Recount, 'from' | 'previousEndedAt'>> {
    let { from, previousEndedAt } = recount;
    while (previousEndedAt === from) {
      from = (await this.sessions.findStart(transaction, user, 'before', from))!;
      const [first] = await this.sessions.list(transaction, user, from, from + 1);
      ({ previousEndedAt } = first!);
    }
    return { from, previousEndedAt };
  }

  private async save(transaction: UsageTransaction, changes: [number, SessionChange][]): Promise<void> {
    const gone: [number, Session][] = [];
    const saved: [number, Session][] = [];
    for (const [user, change] of changes) {
      const { before, after } = reduced(change);
      const kept = new Set(after.map(({ startedAt, ordinal }) => `${startedAt} ${ordinal}`));
      for (const session of before) {
        if (!kept.has(`${session.startedAt} ${session.ordinal}`)) gone.push([user, session]);
      }
      for (const session of after) saved.push([user, session]);
    }
    await this.sessions.delete(transaction, gone);
    await this.sessions.save(transaction, saved);
  }
}
