import { Injectable } from '@nestjs/common';
import type { JobData, JobHandler, JobKindOptions } from './job-queue.js';

const DAY_MS = 86_400_000;

export interface JobKind extends Required<Omit<JobKindOptions, 'onFailed' | 'describeError'>> {
  name: string;
  handler: JobHandler;
  onFailed: JobKindOptions['onFailed'];
  describeError: JobKindOptions['describeError'];
}

/** What this process can do: exactly one handler for each kind. */
@Injectable()
export class JobKinds {
  private readonly kinds = new Map<string, JobKind>();

  /** @throws Error when the kind has a handler already, or its name would not do as a label and a key */
  add<P extends JobData>(name: string, handler: JobHandler<P>, options: JobKindOptions): JobKind {
    if (!/^[a-z][a-z0-9-]{0,40}$/.test(name)) throw new Error(`"${name}" is no name for a kind of jobs`);
    if (this.kinds.has(name)) throw new Error(`Jobs of kind "${name}" have two handlers`);
    const kind: JobKind = {
      concurrency: 2,
      maxRunningPerUser: Infinity,
      maxQueued: 10_000,
      maxPerUser: Infinity,
      maxAttempts: 3,
      backoff: { firstDelayMs: 2000, maxDelayMs: 60_000 },
      stepLimitMs: 300_000,
      keepEndedMs: DAY_MS,
      onFailed: undefined,
      describeError: undefined,
      ...options,
      name,
      handler: handler as JobHandler,
    };
    this.kinds.set(name, kind);
    return kind;
  }

  /** @throws Error for a kind that nobody registered: a mistake in the program */
  get(name: string): JobKind {
    const kind = this.kinds.get(name);
    if (kind === undefined) throw new Error(`Jobs of kind "${name}" have no handler`);
    return kind;
  }

  find(name: string): JobKind | undefined {
    return this.kinds.get(name);
  }

  list(): JobKind[] {
    return [...this.kinds.values()];
  }
}
