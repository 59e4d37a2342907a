import {
  append,
  bySessionOrder,
  isAfter,
  isWithin,
  NEVER,
  SILENCE_MS,
  type Session,
  type SessionEvent,
} from './session-chain.js';

/** What becomes of the sessions of one user: those of `before` are no more, those of `after` are instead. */
export interface SessionChange {
  before: Session[];
  after: Session[];
}

/** A stretch of one user's events in which sessions must be found anew. */
export interface Recount {
  from: number;
  /** `null`: to the user's last event. */
  toExclusive: number | null;
  /** The end of the session before, which none of the events can belong to. */
  previousEndedAt: number;
  /**
   * The stretch is not known to be whole: later sessions may begin elsewhere too, or another session has an event in the
   * very millisecond in which the stretch begins.
   */
  isOpen: boolean;
}

export type SessionPlan = { kind: 'change'; change: SessionChange } | { kind: 'recount'; recount: Recount };

const NO_CHANGE: SessionPlan = { kind: 'change', change: { before: [], after: [] } };

/**
 * Says what new events of one user do to the sessions that were known, where their rows tell it: events that go on at the
 * end, begin a session there, or lie within one. Anything else must be counted again from the events.
 *
 * @param events in the order of `bySessionOrder`, at least one
 * @param known sorted; from the last that begins before the first event to the first that begins after the last one
 */
export function planSessions(events: readonly SessionEvent[], known: readonly Session[]): SessionPlan {
  const [first, last] = [events[0]!, events.at(-1)!];
  const base = known.findLast(({ startedAt }) => startedAt < first.at);
  const isLastKnown = base === undefined ? known.length === 0 : base === known.at(-1);
  if (isLastKnown) {
    const change = appendAll(events, base);
    if (change !== null) return { kind: 'change', change };
  } else if (events.every((event) => known.some((session) => isWithin(session, event)))) {
    return NO_CHANGE;
  }
  return { kind: 'recount', recount: recountOf(known, base, first.at, last.at) };
}

/** `null` when one of the events neither comes after all that `base` has nor lies within it. */
function appendAll(events: readonly SessionEvent[], base: Session | undefined): SessionChange | null {
  const after = base === undefined ? [] : [base];
  let begun = base === undefined;
  for (const event of events) {
    if (!begun && isWithin(base!, event)) continue;
    if (!begun && !isAfter(base!, event)) return null;
    begun = true;
    append(after, event, NEVER);
  }
  if (after[0] !== base) return { before: base === undefined ? [] : [base], after };
  return { before: [], after: after.slice(base === undefined ? 0 : 1) };
}

function recountOf(known: readonly Session[], base: Session | undefined, first: number, last: number): Recount {
  const next = known.find(({ startedAt }) => startedAt > last);
  const silentSince = Math.max(last, next?.previousEndedAt ?? NEVER);
  const follows = next !== undefined && next.startedAt - silentSince <= SILENCE_MS;
  const toExclusive = next?.startedAt ?? null;
  if (base === undefined || first - base.endedAt > SILENCE_MS) {
    return { from: first, toExclusive, previousEndedAt: base?.endedAt ?? NEVER, isOpen: follows };
  }
  const { startedAt: from, previousEndedAt } = known.find(({ startedAt }) => startedAt === base.startedAt)!;
  return { from, toExclusive, previousEndedAt, isOpen: follows || previousEndedAt === from };
}

export interface RecountInput {
  /** All events of the stretch, the new ones among them, in the order of `bySessionOrder`. */
  events: readonly SessionEvent[];
  /** The sessions that were known to begin in the stretch, sorted. */
  before: readonly Session[];
  /** The end of the session before the stretch, which none of its events can belong to. */
  previousEndedAt: number;
  /** The last of the new events. */
  lastNew: number;
  /** What follows the stretch begins a session in any case: it comes after a silence, or nothing does. */
  isComplete: boolean;
}

/**
 * Finds the sessions of a stretch anew, as far as they differ: behind the new events, all is as it was from the first
 * session on that begins where one began before. `null`: the stretch is too short to tell.
 */
export function recountSessions(input: RecountInput): SessionChange | null {
  const { events, before, lastNew } = input;
  const begins = new Map(before.filter(({ ordinal }) => ordinal === 0).map((session) => [session.startedAt, session]));
  const after: Session[] = [];
  for (let i = 0; i < events.length; i++) {
    const event = events[i]!;
    const sessions = after.length;
    append(after, event, input.previousEndedAt);
    const former = begins.get(event.at);
    if (after.length === sessions || former === undefined || event.at <= lastNew) continue;
    // Events of one millisecond may have been shared out in another way.
    if (events[i - 1]?.at === event.at || i + 1 === events.length || events[i + 1]!.at === event.at) continue;
    after.pop();
    return withNext(
      before.filter(({ startedAt }) => startedAt < event.at),
      after,
      former,
    );
  }
  return input.isComplete ? { before: [...before], after } : null;
}

/**
 * The events of a stretch with, for each session of which some are not there any more, others that make the same session: raw
 * rows are pruned, and may be kept for longer afterwards than they were.
 * @param events and @param sessions in order
 */
export function withPruned(events: readonly SessionEvent[], sessions: readonly Session[]): SessionEvent[] {
  const missing: SessionEvent[] = [];
  let i = 0;
  for (const session of sessions) {
    while (i < events.length && events[i]!.at < session.startedAt) i++;
    if (!isWhole(session, events, i)) missing.push(...eventsOf(session));
  }
  return missing.length === 0 ? [...events] : sortedEvents([...events, ...missing]);
}

/** Whether the events from an index on make the session. */
function isWhole({ startedAt, endedAt }: Session, events: readonly SessionEvent[], from: number): boolean {
  if (events[from]?.at !== startedAt) return false;
  let last = startedAt;
  for (let i = from; i < events.length && events[i]!.at <= endedAt; i++) {
    if (events[i]!.at - last > SILENCE_MS) return false;
    last = events[i]!.at;
  }
  return last === endedAt;
}

function eventsOf({ startedAt, endedAt, sessionId }: Session): SessionEvent[] {
  const events: SessionEvent[] = [];
  for (let at = startedAt; at < endedAt; at += SILENCE_MS) events.push({ at, sessionId });
  return [...events, { at: endedAt, sessionId }];
}

/** The session that follows a change: it stays, but has another predecessor. */
export function withNext(before: Session[], after: Session[], next: Session | undefined): SessionChange {
  const previousEndedAt = after.at(-1)?.endedAt;
  if (next === undefined || previousEndedAt === undefined || next.previousEndedAt === previousEndedAt) {
    return { before, after };
  }
  return { before: [...before, next], after: [...after, { ...next, previousEndedAt }] };
}

/** Leaves out what is the same on both sides. */
export function reduced({ before, after }: SessionChange): SessionChange {
  if (before.length === 0 || after.length === 0) return { before, after };
  const former = new Map(before.map((session) => [keyOf(session), session]));
  const changed = after.filter((session) => {
    const same = former.get(keyOf(session));
    if (same === undefined || !isSame(same, session)) return true;
    former.delete(keyOf(session));
    return false;
  });
  return { before: [...former.values()], after: changed };
}

/** What tells the sessions of one user apart. */
export function keyOf({ startedAt, ordinal }: Session): string {
  return `${startedAt} ${ordinal}`;
}

function isSame(a: Session, b: Session): boolean {
  return a.endedAt === b.endedAt && a.sessionId === b.sessionId && a.previousEndedAt === b.previousEndedAt;
}

export function sortedEvents(events: readonly SessionEvent[]): SessionEvent[] {
  return [...events].sort(bySessionOrder);
}
