import { append, NEVER, type Session } from './session-chain.js';

const MINUTE = 60_000;
const at = (time: string) => Date.parse(`2025-11-14T${time}Z`);

const sessionsOf = (times: readonly number[], ids: readonly (string | null)[] = []): Session[] => {
  const sessions: Session[] = [];
  times.forEach((time, i) => append(sessions, { at: time, sessionId: ids[i] ?? null }, NEVER));
  return sessions;
};
const minutes = (sessions: readonly Session[]) =>
  sessions.map(({ startedAt, endedAt }) => (endedAt - startedAt) / MINUTE);

describe('sessions', () => {
  it('should end after more than 30 minutes of silence, not after exactly as much (T14)', () => {
    const times = ['10:00:00', '10:20:00', '10:50:00', '11:20:01'].map(at);
    expect(minutes(sessionsOf(times))).toEqual([50, 0]);
  });

  it('should last 24 hours at most: one event every 20 minutes for 25 hours makes two (T14)', () => {
    const times = Array.from({ length: 76 }, (_, i) => at('00:00:00') + i * 20 * MINUTE);
    expect(minutes(sessionsOf(times))).toEqual([24 * 60, 40]);
  });

  it('should end when session_id changes, not when it is left out', () => {
    const times = [0, 1, 2, 3, 4].map((n) => at('10:00:00') + n * MINUTE);
    expect(minutes(sessionsOf(times, ['a', null, 'a', 'b', null]))).toEqual([2, 1]);
    expect(minutes(sessionsOf(times, [null, 'a', null, null, 'b']))).toEqual([3, 0]);
  });

  it('should be apart by number where two begin in one millisecond', () => {
    expect(sessionsOf([5, 5], ['a', 'b'])).toEqual([
      { startedAt: 5, ordinal: 0, endedAt: 5, sessionId: 'a', previousEndedAt: NEVER },
      { startedAt: 5, ordinal: 1, endedAt: 5, sessionId: 'b', previousEndedAt: 5 },
    ]);
  });
});
