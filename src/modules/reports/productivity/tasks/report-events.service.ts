import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type BeforeApplicationShutdown } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import { ServerState } from '../../../../common/lifecycle/server-state.js';
import { statusFields, statusPieces } from './report-answers.js';
import { TooManyEventStreamsError } from './report-tasks.errors.js';
import { ReportTasksService, type ListedTask } from './report-tasks.service.js';

const LOOK_MS = 500;
/** A proxy that hears nothing for half a minute may close the connection. */
const HEARTBEAT_MS = 10_000;
/** Of all callers in this process. */
const MAX_STREAMS = 500;
const MAX_FAILURES = 10;

/** The status of a task as server-sent events, from now until it has ended. */
@Injectable()
export class ReportEventsService implements BeforeApplicationShutdown {
  private readonly logger = new Logger(ReportEventsService.name);
  private readonly stopping = new AbortController();
  private streams = 0;

  constructor(
    private readonly tasks: ReportTasksService,
    private readonly state: ServerState,
  ) {}

  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /** @throws ReportTaskNotFoundError, TooManyEventStreamsError */
  async open(caller: Principal, taskId: string): Promise<Readable> {
    const first = await this.tasks.get(caller, taskId);
    if (this.streams >= MAX_STREAMS) throw new TooManyEventStreamsError();
    this.streams++;
    const stream = Readable.from(this.events(caller, first), { objectMode: false });
    stream.once('close', () => this.streams--);
    return stream;
  }

  private async *events(caller: Principal, first: ListedTask): AsyncGenerator<string | Buffer> {
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
      if (this.isStopping) return;
      await sleep(LOOK_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.isStopping) return;
    }
  }

  private async *report({ task, state }: ListedTask): AsyncGenerator<string | Buffer> {
    yield 'data: ';
    yield* statusPieces(statusFields(task, state), await this.tasks.read(task), { oneLine: true });
    yield '\n\n';
  }

  private get isStopping(): boolean {
    return this.stopping.signal.aborted || this.state.current === 'draining';
  }

  private async look(caller: Principal, taskId: string): Promise<ListedTask | null> {
    try {
      return await this.tasks.get(caller, taskId);
    } catch (error) {
      this.logger.debug(`A task could not be looked at: ${error instanceof Error ? error.name : 'error'}`);
      return null;
    }
  }
}
