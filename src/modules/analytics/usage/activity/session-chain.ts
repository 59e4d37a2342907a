/** More silence than this ends a session; exactly as much does not. */
export const SILENCE_MS = 30 * 60_000;
/** The event that would make a session longer begins a new one. */
export const LONGEST_SESSION_MS = 24 * 3_600_000;
/** The end of the session before a user's first. */
export const NEVER = -1;

/** What sessions are made of: the activity of one user. */
export interface SessionEvent {
  /** Epoch milliseconds, from 0. */
  at: number;
  /** `null` says nothing about the session: it goes on. */
  sessionId: string | null;
}

export interface Session {
  startedAt: number;
  /** How many sessions of this user begin in the same millisecond and before it. */
  ordinal: number;
  /** Its last event. */
  endedAt: number;
  /** The id that its events have named; `null` while none has. */
  sessionId: string | null;
  /** The end of the user's session before it, or NEVER. */
  previousEndedAt: number;
}

/** Events of the same millisecond in an order that does not depend on how they arrived. */
export function bySessionOrder(a: SessionEvent, b: SessionEvent): number {
  if (a.at !== b.at) return a.at - b.at;
  if (a.sessionId === b.sessionId) return 0;
  if (a.sessionId === null || b.sessionId === null) return a.sessionId === null ? -1 : 1;
  return a.sessionId < b.sessionId ? -1 : 1;
}

/** Whether an event that comes after a session's last one belongs to it. */
export function joins(session: Session, event: SessionEvent): boolean {
  return (
    event.at - session.endedAt <= SILENCE_MS &&
    event.at - session.startedAt <= LONGEST_SESSION_MS &&
    agree(session.sessionId, event.sessionId)
  );
}

/** Adds an event that comes after all others: to the latest of the sessions, or as a new one behind it. */
export function append(sessions: Session[], event: SessionEvent, previousEndedAt: number): void {
  const last = sessions.at(-1);
  if (last !== undefined && joins(last, event)) {
    sessions[sessions.length - 1] = {
      ...last,
      endedAt: event.at,
      sessionId: last.sessionId ?? event.sessionId,
    };
    return;
  }
  sessions.push({
    startedAt: event.at,
    ordinal: last !== undefined && last.startedAt === event.at ? last.ordinal + 1 : 0,
    endedAt: event.at,
    sessionId: event.sessionId,
    previousEndedAt: last?.endedAt ?? previousEndedAt,
  });
}

/** Whether an event changes nothing: it lies between two others of this session and names no other. */
export function isWithin(session: Session, event: SessionEvent): boolean {
  const { startedAt, endedAt, sessionId } = session;
  if (event.sessionId !== null && event.sessionId !== sessionId) return false;
  // What began the session came first in its millisecond; only where nobody names a session another event is its like.
  if (event.at <= startedAt) return event.at === startedAt && sessionId === null;
  // An event that names its session comes after others of the last millisecond, which may belong to the next one.
  return event.at < endedAt || (event.at === endedAt && event.sessionId === null);
}

/** Whether an event comes, in the order of events, after all that a session has. */
export function isAfter(session: Session, event: SessionEvent): boolean {
  if (event.at !== session.endedAt) return event.at > session.endedAt;
  const { sessionId } = session;
  return event.sessionId !== null && (sessionId === null || event.sessionId >= sessionId);
}

function agree(a: string | null, b: string | null): boolean {
  return a === null || b === null || a === b;
}
