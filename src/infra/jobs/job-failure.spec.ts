import { InvalidInputError, UnavailableError } from '../../common/errors/domain.error.js';
import { askedDelay, describeFailure, isPermanent, retryDelay } from './job-failure.js';
import { PermanentJobError } from './job-queue.js';
import { JobAbortedError } from './job.errors.js';

const plain = { describeError: undefined };

describe('describeFailure', () => {
  it.each([
    [new UnavailableError('InfluxDB does not answer', 5, 'INFLUX'), 'INFLUX', false],
    [new InvalidInputError('No such zone'), 'VALIDATION_FAILED', true],
    [new PermanentJobError('GONE', 'It is gone'), 'GONE', true],
    [new JobAbortedError('time-limit'), 'TIME_LIMIT', false],
    [Object.assign(new Error('connect 10.0.0.1'), { code: 'ECONNREFUSED' }), 'STORE_UNAVAILABLE', false],
    [new Error('secret'), 'INTERNAL', false],
    ['secret', 'INTERNAL', false],
  ])('should name %p', (error, code, permanent) => {
    const failure = describeFailure(error, plain);
    expect(failure.code).toBe(code);
    expect(failure.message).not.toMatch(/secret|10\.0/);
    expect(isPermanent(error)).toBe(permanent);
  });

  it('should say what the kind says', () => {
    const kind = { describeError: () => ({ code: 'OWN', message: 'Own words' }) };
    expect(describeFailure(new Error('x'), kind)).toEqual({ code: 'OWN', message: 'Own words' });
  });
});

describe('J3 retryDelay', () => {
  const backoff = { firstDelayMs: 1000, maxDelayMs: 10_000 };

  it.each([
    [1, 1000],
    [2, 2000],
    [4, 8000],
    [5, 10_000],
    [40, 10_000],
  ])('should spread attempt %d over 0 to %d ms', (attempt, most) => {
    expect(retryDelay(attempt, backoff, () => 0)).toBe(0);
    expect(retryDelay(attempt, backoff, () => 0.5)).toBe(most / 2);
    expect(retryDelay(attempt, backoff, () => 1)).toBe(most);
  });

  it('should know what an error asks for', () => {
    expect(askedDelay(new UnavailableError('x', 7))).toBe(7000);
    expect(askedDelay(new Error('x'))).toBe(0);
  });
});
