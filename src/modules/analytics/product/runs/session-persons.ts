import { personOf, type IdentityLinks } from '../person.js';
import type { SessionPartRow, SessionRow } from './product-run-rows.js';

/**
 * Sessions as clients number them, from their parts. Clients that count from 1 on use the same sessionId for different
 * persons: these are different sessions. A visitor who signs in is one person, by the identity links; events without any
 * id belong to the session's only person, or where there are several to a session of their own.
 */
export class SessionPersons {
  private sessionId: string | undefined;
  private persons = new Map<string | null, SessionRow>();

  /** Parts of one sessionId come behind each other. Returns the sessions that are complete by them. */
  add(parts: readonly SessionPartRow[], links: IdentityLinks): SessionRow[] {
    const complete: SessionRow[] = [];
    for (const part of parts) {
      if (part.sessionId !== this.sessionId) complete.push(...this.end());
      this.sessionId = part.sessionId;
      const person = personOf(part, links);
      this.persons.set(person, joined(this.persons.get(person), part));
    }
    return complete;
  }

  /** The sessions that are left. */
  end(): SessionRow[] {
    const { persons } = this;
    this.persons = new Map();
    const nobodys = persons.get(null);
    if (nobodys === undefined || persons.size !== 2) return [...persons.values()];
    persons.delete(null);
    return [...persons.values()].map((session) => joined(session, nobodys));
  }
}

function joined(session: SessionRow | undefined, { first, last, events }: SessionRow): SessionRow {
  if (session === undefined) return { first, last, events };
  return {
    first: Math.min(session.first, first),
    last: Math.max(session.last, last),
    events: session.events + events,
  };
}
