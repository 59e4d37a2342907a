import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Octokit } from '@octokit/core';
import { throttling } from '@octokit/plugin-throttling';
import Bottleneck from 'bottleneck';
import {
  circuitBreaker,
  ConsecutiveBreaker,
  ExponentialBackoff,
  fullJitterGenerator,
  handleWhen,
  isBrokenCircuitError,
  retry,
  wrap,
} from 'cockatiel';
import { Agent } from 'undici';
import { Clock } from '../../../common/time/clock.js';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { GithubNotConfiguredError, RefusedFault, UnavailableFault } from '../github.errors.js';
import { answerWithGaps, toFault } from './github-faults.js';
import {
  readHistoryPage,
  readRate,
  readRepositoryPage,
  type HistoryPage,
  type RateState,
  type RepositoryPage,
} from './github-answers.js';
import { HISTORY, ORGANIZATION_REPOSITORIES, OWN_REPOSITORIES, PING } from './github-queries.js';
import { plainFetch } from './plain-fetch.js';
import { RateBudget } from './rate-budget.js';

const API_VERSION = '2026-03-10';
const CONNECT_TIMEOUT_MS = 3000;
const MAX_ANSWER_BYTES = 10_000_000;
const MAX_RETRIES = 3;
const FAILURES_THAT_OPEN = 5;
const OPEN_MS = 30_000;

const isOutage = handleWhen((error) => error instanceof UnavailableFault);

export interface RepositoryQuestion {
  /** `null`: those of the token's owner. */
  organization: string | null;
  cursor: string | null;
  pageSize: number;
  /** False: only their names, where GitHub cannot tell the rest. */
  withDetails: boolean;
}

export interface HistoryQuestion {
  repositoryId: string;
  oid: string;
  cursor: string | null;
  pageSize: number;
  withChurn: boolean;
}

interface Question<T> {
  query: string;
  variables: Record<string, unknown>;
  /** @param faulty positions of nodes of which GitHub could not tell everything */
  read: (data: unknown, faulty: ReadonlySet<number>) => T;
  /** `read` can do without some nodes of a list. */
  toleratesGaps?: boolean;
}

const NONE: ReadonlySet<number> = new Set();

/**
 * GitHub's GraphQL API, one question at a time. Only questions are asked, so each may be asked again. Never waits for a
 * limit: that is for the job, which holds no worker meanwhile.
 */
@Injectable()
export class GithubClient implements OnApplicationShutdown {
  readonly budget = new RateBudget();

  private readonly logger = new Logger(GithubClient.name);
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    maxResponseSize: MAX_ANSWER_BYTES,
    connections: 1,
  });
  private readonly policy = wrap(
    retry(isOutage, {
      maxAttempts: MAX_RETRIES,
      backoff: new ExponentialBackoff({ generator: fullJitterGenerator, initialDelay: 500, maxDelay: 8000 }),
    }),
    circuitBreaker(isOutage, { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(FAILURES_THAT_OPEN) }),
  );
  private octokit: Octokit | undefined;

  constructor(
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
    private readonly clock: Clock,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.agent.destroy();
  }

  get isConfigured(): boolean {
    return this.config.token !== undefined;
  }

  async listRepositories(question: RepositoryQuestion, signal: AbortSignal): Promise<RepositoryPage> {
    const { organization, cursor, pageSize, withDetails } = question;
    const isFork = this.config.includeForks ? null : false;
    const variables = { first: pageSize, after: cursor, isFork, withDetails };
    const owner =
      organization === null
        ? { query: OWN_REPOSITORIES, variables }
        : { query: ORGANIZATION_REPOSITORIES, variables: { ...variables, login: organization } };
    const page = await this.ask({ ...owner, read: readRepositoryPage, toleratesGaps: true }, signal);
    if (page === null) throw new RefusedFault(`GitHub does not find the organization ${organization}`);
    return this.recorded(page);
  }

  async listCommits(question: HistoryQuestion, signal: AbortSignal): Promise<HistoryPage> {
    const { repositoryId: id, oid, cursor: after, pageSize: first, withChurn } = question;
    const variables = { id, oid, after, first, withChurn };
    const page = await this.ask({ query: HISTORY, variables, read: readHistoryPage }, signal);
    if (page === null) throw new RefusedFault('The commit is gone from GitHub: it was replaced meanwhile');
    return this.recorded(page);
  }

  /** Whether GitHub answers anything at all. @throws GithubFault */
  async ping(signal: AbortSignal): Promise<RateState | null> {
    const read = (data: unknown) => readRate((data as { rateLimit?: unknown } | null)?.rateLimit);
    const rate = await this.ask({ query: PING, variables: {}, read }, signal);
    this.budget.record(rate);
    return rate;
  }

  private recorded<T extends { rate: RateState | null }>(page: T): T {
    this.budget.record(page.rate);
    return page;
  }

  /** @throws GithubFault, or the reason of `signal` */
  private async ask<T>(question: Question<T>, signal: AbortSignal): Promise<T> {
    this.budget.assertPointsLeft(this.clock.now());
    try {
      return await this.policy.execute(async ({ attempt }) => {
        if (attempt > 0) this.logger.debug(`Asking GitHub again, attempt ${attempt + 1}`);
        return this.askOnce(question, signal);
      }, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isBrokenCircuitError(error)) throw new UnavailableFault('GitHub did not answer several times in a row');
      throw error;
    }
  }

  private async askOnce<T>(question: Question<T>, signal: AbortSignal): Promise<T> {
    // Not AbortSignal.timeout: it would hold on to the question, and its answer, until the time is over.
    const limit = new AbortController();
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      limit.abort();
    }, this.config.timeoutMs);
    const stop = () => limit.abort();
    signal.addEventListener('abort', stop);
    try {
      signal.throwIfAborted();
      const { data, faulty } = await this.send(question, limit.signal);
      return question.read(data, faulty);
    } catch (error) {
      signal.throwIfAborted();
      throw toFault(error, isLate, this.clock.now());
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
    }
  }

  /** @throws whatever the client throws */
  private async send({ query, variables, toleratesGaps }: Question<unknown>, signal: AbortSignal) {
    try {
      return {
        data: await this.connect().graphql<unknown>(query, { ...variables, request: { signal } }),
        faulty: NONE,
      };
    } catch (error) {
      const answer = toleratesGaps === true ? answerWithGaps(error, this.clock.now()) : null;
      if (answer === null) throw error;
      return answer;
    }
  }

  private connect(): Octokit {
    if (this.octokit !== undefined) return this.octokit;
    const { token, apiUrl } = this.config;
    if (token === undefined) throw new GithubNotConfiguredError();
    const silent = () => undefined;
    return (this.octokit = new (Octokit.plugin(throttling))({
      auth: token,
      baseUrl: apiUrl,
      userAgent: 'almanac',
      request: {
        fetch: plainFetch(this.agent),
        log: { warn: silent },
      },
      // Its lines would hold addresses and texts of others.
      log: { debug: silent, info: silent, warn: silent, error: silent },
      throttle: {
        // One question at a time, and the next as soon as it is answered: without groups of its own the plugin lets one
        // GraphQL question through a second, and ten others at once.
        global: new Bottleneck.Group({ maxConcurrent: 1 }),
        write: new Bottleneck.Group({ maxConcurrent: 1 }),
        // Waiting is for the job.
        onRateLimit: () => false,
        onSecondaryRateLimit: () => false,
      },
      headers: { 'x-github-api-version': API_VERSION },
    } as ConstructorParameters<typeof Octokit>[0]));
  }
}
