import { PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import { TooManyEventStreamsError } from '../../../../common/http/event-streams.js';
import { ServerState } from '../../../../common/lifecycle/server-state.js';
import { gauge } from '../../../../common/metrics/metrics.js';
import { statusFields, statusPieces } from './report-answers.js';
import { TooManyOwnEventStreamsError } from './report-tasks.errors.js';
import { ReportTasksService, type ListedTask } from './report-tasks.service.js';

const LOOK_MS = 500;
/** A proxy that hears nothing for half a minute may close the connection. */
const HEARTBEAT_MS = 10_000;
/** Of all callers in this process. */
const MAX_STREAMS = 500;
/** So that one caller cannot keep all others from theirs. */
const MAX_STREAMS_OF_ONE = 50;
const MAX_FAILURES = 10;

const openStreams = gauge({
  name: 'almanac_report_event_streams',
  help: 'Streams of events on report tasks that are open in this process.',
});

/** The status of a task as server-sent events, from now until it has ended. */
@Injectable()
export class ReportEventsService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ReportEventsService.name);
  private readonly stopping = new AbortController();
  private streams = 0;
  private readonly streamsOf = new Map<string, number>();

  constructor(
    private readonly tasks: ReportTasksService,
    private readonly state: ServerState,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** @throws ReportTaskNotFoundError, TooManyEventStreamsError, TooManyOwnEventStreamsError */
  async open(caller: Principal, taskId: string): Promise<Readable> {
    const first = await this.tasks.get(caller, taskId);
    const { userId } = caller;
    // Without credentials all callers have one name.
    if (caller.kind !== 'anonymous' && (this.streamsOf.get(userId) ?? 0) >= MAX_STREAMS_OF_ONE) {
      throw new TooManyOwnEventStreamsError(MAX_STREAMS_OF_ONE);
    }
    if (this.streams >= MAX_STREAMS) throw new TooManyEventStreamsError();
    const gone = new AbortController();
    const stream = new PassThrough();
    this.count(userId, 1);
    stream.once('close', () => {
      // Between two looks the events hear of nothing else.
      gone.abort();
      this.count(userId, -1);
    });
    pipeline(this.events(caller, first, AbortSignal.any([this.stopping.signal, gone.signal])), stream).catch(
      (error: unknown) => {
        if (!gone.signal.aborted) this.logger.warn(`A stream of events broke off: ${nameOf(error)}`);
      },
    );
    return stream;
  }

  /** @param signal ends it: the server stops, or nobody reads any more */
  private async *events(caller: Principal, first: ListedTask, signal: AbortSignal): AsyncGenerator<string | Buffer> {
    // Clients come back by themselves after an end that was not that of the task: the server was stopped, for example.
    yield 'retry: 2000\n\n';
    const { taskId } = first.task;
    let told = '';
    let spokenAt = performance.now();
    let failures = 0;
    for (let present: ListedTask | null = first; ; present = await this.look(caller, taskId)) {
      if (present !== null && present.task.made !== null) {
        yield* this.report(present);
        return;
      }
      const text = present === null ? told : JSON.stringify(statusFields(present.task, present.state));
      const isSilent = text === told;
      if (!isSilent) yield `data: ${(told = text)}\n\n`;
      else if (performance.now() - spokenAt >= HEARTBEAT_MS) yield ': still here\n\n';
      if (!isSilent || performance.now() - spokenAt >= HEARTBEAT_MS) spokenAt = performance.now();
      failures = present === null ? failures + 1 : 0;
      // Gone with its account, or a store has been away for long: the client asks again, and gets an answer with a status.
      if (present?.state.status === 'failed' || failures >= MAX_FAILURES) return;
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
      if (signal.aborted || this.state.current === 'draining') return;
    }
  }

  private async *report({ task, state }: ListedTask): AsyncGenerator<string | Buffer> {
    yield 'data: ';
    yield* statusPieces(statusFields(task, state), await this.tasks.read(task), { oneLine: true });
    yield '\n\n';
  }

  private count(userId: string, change: 1 | -1): void {
    this.streams += change;
    const own = (this.streamsOf.get(userId) ?? 0) + change;
    if (own > 0) this.streamsOf.set(userId, own);
    else this.streamsOf.delete(userId);
    openStreams.set(this.streams);
  }

  private async look(caller: Principal, taskId: string): Promise<ListedTask | null> {
    try {
      return await this.tasks.get(caller, taskId);
    } catch (error) {
      this.logger.debug(`A task could not be looked at: ${nameOf(error)}`);
      return null;
    }
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}
