import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable } from '@nestjs/common';
import {
  BrokenCircuitError,
  circuitBreaker,
  ConsecutiveBreaker,
  handleType,
  type CircuitBreakerPolicy,
} from 'cockatiel';
import { Clock } from '../../../common/time/clock.js';
import { WhoopTokensService } from '../grant/whoop-tokens.service.js';
import type { RecordKind } from '../records/whoop-rows.js';
import {
  WhoopAuthenticationError,
  WhoopNotFoundError,
  WhoopRateLimitError,
  WhoopRefusedError,
  WhoopUnavailableError,
} from '../whoop.errors.js';
import { readRateHeaders } from './rate-headers.js';
import { RequestBudget, type Priority } from './request-budget.js';
import { whoopBreakerState, whoopRequests } from './whoop-metrics.js';
import { WHOOP_TIMINGS, type WhoopTimings } from './whoop-timings.js';
import { WhoopTransport, WhoopTransportError, type WhoopResponse } from './whoop-transport.client.js';

const API_PATH = '/developer/v2';
const COLLECTIONS: Record<RecordKind, string> = {
  sleep: '/activity/sleep',
  cycles: '/cycle',
  recovery: '/recovery',
  workouts: '/activity/workout',
};
/** The most that WHOOP gives in a page. */
export const PAGE_SIZE = 25;
const MAX_RETRIES = 3;
/** A token that is refused is renewed once; more only where others renewed it meanwhile. */
const MAX_REFUSALS = 3;
const LONGEST_RETRY_MS = 8000;
const FAILURES_UNTIL_OPEN = 5;

export interface CallOptions {
  priority: Priority;
  signal?: AbortSignal;
}

export interface PageQuery {
  /** Epoch milliseconds: inclusive, exclusive. */
  start: number | null;
  end: number | null;
  nextToken: string | null;
  limit?: number;
}

export interface Page {
  /** As WHOOP sent them; not checked yet. */
  records: unknown[];
  /** Null on the last page. */
  nextToken: string | null;
}

/** An answer that may be another one at the next try: no answer, a fault of WHOOP's, or something that is not its JSON. */
class WhoopOutageError extends Error {
  constructor(readonly said: string) {
    super(said);
  }
}

/** WHOOP's API v2 for the linked member. Limits, retries and renewed tokens stop here. */
@Injectable()
export class WhoopClient {
  private readonly budget: RequestBudget;
  private readonly breaker: CircuitBreakerPolicy;

  constructor(
    private readonly transport: WhoopTransport,
    private readonly tokens: WhoopTokensService,
    private readonly clock: Clock,
    @Inject(WHOOP_TIMINGS) private readonly timings: WhoopTimings,
  ) {
    this.budget = new RequestBudget(Date.now());
    this.breaker = circuitBreaker(handleType(WhoopOutageError), {
      halfOpenAfter: timings.breakerOpenMs,
      breaker: new ConsecutiveBreaker(FAILURES_UNTIL_OPEN),
    });
    this.breaker.onStateChange((state) => whoopBreakerState.set(state));
  }

  /** One page of a collection, the newest records first. @throws as `get` */
  async page(kind: RecordKind, query: PageQuery, options: CallOptions): Promise<Page> {
    const search = new URLSearchParams({ limit: String(query.limit ?? PAGE_SIZE) });
    if (query.start !== null) search.set('start', new Date(query.start).toISOString());
    if (query.end !== null) search.set('end', new Date(query.end).toISOString());
    if (query.nextToken !== null) search.set('nextToken', query.nextToken);
    const body = await this.get(`${COLLECTIONS[kind]}?${search.toString()}`, options, isPage);
    const { records, next_token: nextToken } = body as { records: unknown[]; next_token?: string | null };
    return { records, nextToken: nextToken || null };
  }

  /** @throws as `get`; WhoopNotFoundError */
  async record(kind: Exclude<RecordKind, 'recovery'>, id: string, options: CallOptions): Promise<unknown> {
    return this.get(`${COLLECTIONS[kind]}/${encodeURIComponent(id)}`, options, isObject);
  }

  async recoveryOfCycle(cycleId: string, options: CallOptions): Promise<unknown> {
    return this.get(`/cycle/${encodeURIComponent(cycleId)}/recovery`, options, isObject);
  }

  async profile(options: CallOptions): Promise<unknown> {
    return this.get('/user/profile/basic', options, isObject);
  }

  async bodyMeasurement(options: CallOptions): Promise<unknown> {
    return this.get('/user/measurement/body', options, isObject);
  }

  /**
   * @throws WhoopUnavailableError after three retries, WhoopRateLimitError when the limit ends later than it is waited for,
   *   WhoopAuthenticationError, WhoopNotConfiguredError, WhoopNotFoundError, WhoopRefusedError
   */
  private async get(path: string, options: CallOptions, isExpected: (json: unknown) => boolean): Promise<unknown> {
    let token = await this.tokens.current();
    let refusals = 0;
    for (let attempt = 0; ;) {
      options.signal?.throwIfAborted();
      const outcome = await this.exchange(path, token.token, options, isExpected);
      if (outcome.kind === 'json') return outcome.json;
      if (outcome.kind === 'refused_token') {
        refusals += 1;
        // Renewed once; after that only a token that another process has stored meanwhile is worth a try.
        const next = refusals === 1 ? await this.tokens.renewed(token.version) : await this.tokens.newer(token.version);
        if (next === null || refusals > MAX_REFUSALS) {
          throw new WhoopAuthenticationError('WHOOP refuses tokens that it just gave');
        }
        token = next;
        continue;
      }
      attempt += 1;
      if (attempt > MAX_RETRIES) throw this.giveUp(outcome);
      await this.pause(outcome, attempt, options.signal);
    }
  }

  private async exchange(
    path: string,
    token: string,
    options: CallOptions,
    isExpected: (json: unknown) => boolean,
  ): Promise<Outcome> {
    await this.waitForBudget(options);
    try {
      return await this.breaker.execute(() => this.request(path, token, options.signal, isExpected));
    } catch (error) {
      if (error instanceof WhoopOutageError) return { kind: 'outage', said: error.said };
      if (!(error instanceof BrokenCircuitError)) throw error;
      this.budget.learn(null, this.clock.now());
      whoopRequests.inc({ outcome: 'breaker_open' });
      throw new WhoopUnavailableError('WHOOP failed several times in a row and is left alone for half a minute');
    }
  }

  private async request(
    path: string,
    token: string,
    signal: AbortSignal | undefined,
    isExpected: (json: unknown) => boolean,
  ): Promise<Outcome> {
    let response: WhoopResponse | null = null;
    try {
      const headers = { authorization: `Bearer ${token}` };
      response = await this.transport.send({ method: 'GET', path: API_PATH + path, headers, signal });
    } catch (error) {
      if (!(error instanceof WhoopTransportError)) throw error;
      whoopRequests.inc({ outcome: 'network' });
      throw new WhoopOutageError('WHOOP did not answer');
    } finally {
      this.budget.learn(response && readRateHeaders(response.header), this.clock.now());
    }
    whoopRequests.inc({ outcome: response.status === 429 ? 'rate_limited' : `${Math.floor(response.status / 100)}xx` });
    return this.judge(response, isExpected);
  }

  private judge(response: WhoopResponse, isExpected: (json: unknown) => boolean): Outcome {
    const { status } = response;
    if (status === 200) {
      const json = parse(response.text);
      if (!isExpected(json)) throw new WhoopOutageError('WHOOP answered with something that is not of its API');
      return { kind: 'json', json };
    }
    if (status === 401) return { kind: 'refused_token' };
    if (status === 404) throw new WhoopNotFoundError();
    if (status === 429) {
      const retryAt = this.budget.exhaust(readRateHeaders(response.header), this.clock.now());
      return { kind: 'rate_limited', retryAt };
    }
    if (status === 408 || status >= 500) throw new WhoopOutageError(`WHOOP answered with status ${status}`);
    throw new WhoopRefusedError(status);
  }

  private async waitForBudget({ priority, signal }: CallOptions): Promise<void> {
    for (;;) {
      const now = this.clock.now();
      const wait = this.budget.take(priority, now);
      if (wait === 0) return;
      if (wait > this.timings.longestPauseMs) throw new WhoopRateLimitError(now + wait, now);
      await sleep(wait, undefined, { signal });
    }
  }

  private async pause(outcome: Failure, attempt: number, signal?: AbortSignal): Promise<void> {
    if (outcome.kind === 'rate_limited') {
      const now = this.clock.now();
      const wait = outcome.retryAt - now;
      if (wait > this.timings.longestPauseMs) throw new WhoopRateLimitError(outcome.retryAt, now);
      await sleep(Math.max(0, wait), undefined, { signal });
      return;
    }
    const longest = Math.min(LONGEST_RETRY_MS, this.timings.retryDelayMs * 2 ** (attempt - 1));
    await sleep(Math.random() * longest, undefined, { signal });
  }

  private giveUp(outcome: Failure): Error {
    if (outcome.kind === 'rate_limited') return new WhoopRateLimitError(outcome.retryAt, this.clock.now());
    return new WhoopUnavailableError(outcome.said);
  }
}

type Failure = { kind: 'rate_limited'; retryAt: number } | { kind: 'outage'; said: string };
type Outcome = { kind: 'json'; json: unknown } | { kind: 'refused_token' } | Failure;

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isObject(json: unknown): boolean {
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

function isPage(json: unknown): boolean {
  if (!isObject(json)) return false;
  const { records, next_token: nextToken } = json as { records?: unknown; next_token?: unknown };
  // `{}` of a proxy must not pass for an empty page.
  return Array.isArray(records) && (nextToken === undefined || nextToken === null || typeof nextToken === 'string');
}
