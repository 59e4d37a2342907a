import fc from 'fast-check';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import type { ActivitiesRepository, UserStretch } from './activities.repository.js';
import { LONGEST_SESSION_MS, NEVER, SILENCE_MS, type Session, type SessionEvent } from './session-chain.js';
import { SessionUpdates } from './session-updates.service.js';
import type { SessionsRepository } from './sessions.repository.js';

const USER = 7;
const MINUTE = 60_000;
const transaction = {} as UsageTransaction;

/** One user's events and sessions in memory. */
class Memory {
  readonly events: SessionEvent[] = [];
  sessions: Session[] = [];
  reads = 0;

  private readonly activities: Pick<ActivitiesRepository, 'listEvents'> = {
    listEvents: async (_, [stretch]: readonly UserStretch[]) => {
      this.reads++;
      const { from, toExclusive, days } = stretch!;
      const found = this.events.filter(
        ({ at }) => at >= from && at < toExclusive && days.includes(Math.floor(at / 86_400_000)),
      );
      return new Map([[USER, found]]);
    },
  };

  private readonly repository: Pick<
    SessionsRepository,
    'listAround' | 'listWithin' | 'listGoingOn' | 'findStartBefore' | 'delete' | 'save'
  > = {
    listAround: async (_, [span]) => {
      const starts = this.sessions.map(({ startedAt }) => startedAt);
      const from = Math.max(...starts.filter((start) => start < span!.first));
      const to = Math.min(...starts.filter((start) => start > span!.last));
      return new Map([[USER, this.sessions.filter(({ startedAt }) => startedAt >= from && startedAt <= to)]]);
    },
    listWithin: async (_, [stretch]) => {
      const { from, toExclusive } = stretch!;
      return new Map([[USER, this.sessions.filter(({ startedAt }) => startedAt >= from && startedAt < toExclusive)]]);
    },
    listGoingOn: async (_, [stretch]) =>
      new Set(this.sessions.some(({ startedAt }) => startedAt >= stretch!.toExclusive) ? [USER] : []),
    findStartBefore: async (_, _user, instant) =>
      this.sessions.map(({ startedAt }) => startedAt).findLast((start) => start < instant) ?? null,
    delete: async (_, gone) => {
      const keys = new Set(gone.map(([, session]) => keyOf(session)));
      this.sessions = this.sessions.filter((session) => !keys.has(keyOf(session)));
    },
    save: async (_, saved) => {
      const keys = new Set(saved.map(([, session]) => keyOf(session)));
      this.sessions = [
        ...this.sessions.filter((session) => !keys.has(keyOf(session))),
        ...saved.map(([, session]) => session),
      ].sort((a, b) => a.startedAt - b.startedAt || a.ordinal - b.ordinal);
    },
  };

  private readonly updates = new SessionUpdates(this.activities as ActivitiesRepository, this.repository);

  async add(events: SessionEvent[]) {
    this.events.push(...events);
    return this.updates.apply(transaction, new Map([[USER, events]]));
  }
}

const keyOf = ({ startedAt, ordinal }: Session) => `${startedAt} ${ordinal}`;

/** All sessions of all events at once, as the contract words it. */
function sessionsOf(events: readonly SessionEvent[]): Session[] {
  const sessions: Session[] = [];
  const named = (a: SessionEvent) => (a.sessionId === null ? '' : `1${a.sessionId}`);
  for (const { at, sessionId } of [...events].sort((a, b) => a.at - b.at || (named(a) < named(b) ? -1 : 1))) {
    const open = sessions.at(-1);
    const endsBefore =
      open === undefined ||
      at - open.endedAt > SILENCE_MS ||
      at - open.startedAt > LONGEST_SESSION_MS ||
      (sessionId !== null && open.sessionId !== null && sessionId !== open.sessionId);
    if (!endsBefore) {
      open.endedAt = at;
      open.sessionId ??= sessionId;
      continue;
    }
    sessions.push({
      startedAt: at,
      ordinal: open?.startedAt === at ? open.ordinal + 1 : 0,
      endedAt: at,
      sessionId,
      previousEndedAt: open?.endedAt ?? NEVER,
    });
  }
  return sessions;
}

/** Few different times, so that many events share theirs; some without a pause for days. */
const events = fc.oneof(
  fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 12 }).map((n) => n * 10 * MINUTE),
      sessionId: fc.constantFrom(null, null, 'a', 'b', 'c'),
    }),
    { minLength: 1, maxLength: 14 },
  ),
  fc
    .shuffledSubarray(
      Array.from({ length: 160 }, (_, i) => i),
      { minLength: 100 },
    )
    .map((slots) =>
      slots.map((n) => ({ at: n * 30 * MINUTE, sessionId: n % 37 === 0 ? 'a' : n % 41 === 0 ? 'b' : null })),
    ),
  fc.array(
    fc.record({
      at: fc.integer({ min: 0, max: 30 }).map((n) => n * 6 * 60 * MINUTE),
      sessionId: fc.constantFrom(null, 'a', 'b'),
    }),
    { minLength: 1, maxLength: 14 },
  ),
);

describe('updates of sessions', () => {
  it('should keep sessions whose events were pruned, and let late events join them', async () => {
    const time = fc.integer({ min: 0, max: 60 }).map((n) => n * 10 * MINUTE);
    const someTimes = fc.array(time, { minLength: 1, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(someTimes, someTimes, time, async (early, late, pruned) => {
        const toEvents = (times: number[]) => times.map((at): SessionEvent => ({ at, sessionId: null }));
        const memory = new Memory();
        await memory.add(toEvents(early));
        memory.events.splice(0, memory.events.length, ...memory.events.filter(({ at }) => at >= pruned));
        for (const event of toEvents(late)) await memory.add([event]);
        expect(memory.sessions).toEqual(sessionsOf(toEvents([...early, ...late])));
      }),
      { numRuns: 300 },
    );
  });

  it('should end with the sessions of all events, however these arrive', async () => {
    await fc.assert(
      fc.asyncProperty(events, fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1 }), async (all, sizes) => {
        const memory = new Memory();
        // The first part at once, as an import; the rest in small batches.
        let at = all.length > 50 ? all.length - 20 : 0;
        if (at > 0) await memory.add(all.slice(0, at));
        for (let i = 0; at < all.length; i++) {
          const batch = all.slice(at, at + sizes[i % sizes.length]!);
          const former = memory.sessions;
          const changes = await memory.add(batch);
          expect(memory.sessions).toEqual(sessionsOf(all.slice(0, at + batch.length)));
          // What is reported leads from the sessions before to those after.
          const gone = new Set(changes.flatMap(({ before }) => before.map((session) => JSON.stringify(session))));
          const kept = former.filter((session) => !gone.has(JSON.stringify(session)));
          const reported = [...kept, ...changes.flatMap(({ after }) => after)];
          expect(reported.map((session) => JSON.stringify(session)).sort()).toEqual(
            memory.sessions.map((session) => JSON.stringify(session)).sort(),
          );
          at += batch.length;
        }
      }),
      { numRuns: 300, endOnFailure: true },
    );
  });

  it('should read no event for what goes on, begins, or lies within a session', async () => {
    const memory = new Memory();
    const at = (minutes: number, sessionId: string | null = null) => [{ at: minutes * MINUTE, sessionId }];
    for (const minutes of [0, 20, 40, 100, 130, 10, 115]) await memory.add(at(minutes));
    await memory.add(at(140, 'a'));
    await memory.add(at(135, 'a'));
    expect([memory.sessions.length, memory.reads]).toEqual([2, 0]);
  });
});
