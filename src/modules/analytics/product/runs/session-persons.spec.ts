import { SessionPersons } from './session-persons.js';

const part = (sessionId: string, first: number, ids: { userId?: string; anonymousId?: string } = {}) => ({
  sessionId,
  first,
  last: first + 5,
  events: 2,
  ...ids,
});
const NONE = new Map<string, string>();

describe('SessionPersons', () => {
  it('should tell the sessions of different persons with the same sessionId apart', () => {
    const sessions = new SessionPersons();
    expect(sessions.add([part('1', 0, { userId: 'u1' }), part('1', 100, { userId: 'u2' })], NONE)).toEqual([]);
    expect(sessions.add([part('2', 50, { userId: 'u1' })], NONE)).toEqual([
      { first: 0, last: 5, events: 2 },
      { first: 100, last: 105, events: 2 },
    ]);
    expect(sessions.end()).toEqual([{ first: 50, last: 55, events: 2 }]);
    expect(sessions.end()).toEqual([]);
  });

  it('should keep the session in which a visitor signs in as one, also across batches', () => {
    const sessions = new SessionPersons();
    const links = new Map([['a1', 'u1']]);
    expect(sessions.add([part('1', 10, { userId: 'u1' })], links)).toEqual([]);
    expect(sessions.add([part('1', 0, { anonymousId: 'a1' })], links)).toEqual([]);
    expect(sessions.end()).toEqual([{ first: 0, last: 15, events: 4 }]);
  });

  it('should give events without ids to the only person, else to a session of their own', () => {
    const sessions = new SessionPersons();
    const parts = [
      part('1', 0),
      part('1', 10, { userId: 'u1' }),
      part('2', 20),
      part('3', 30),
      part('3', 40, { userId: 'u1' }),
      part('3', 50, { anonymousId: 'u1' }),
    ];
    expect(sessions.add(parts, NONE)).toEqual([
      { first: 0, last: 15, events: 4 },
      { first: 20, last: 25, events: 2 },
    ]);
    expect(sessions.end()).toHaveLength(3);
  });
});
