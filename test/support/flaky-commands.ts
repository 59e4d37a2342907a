import type { Connection, mongo } from 'mongoose';
import type { MongoConfig } from '../../src/config/app.config.js';
import { WriteCommands, type WriteReply } from '../../src/infra/mongo/write-commands.js';

/** What happens to a write: it is lost on the way, or carried out without an answer. */
export type WriteFault = 'before' | 'after' | undefined;

/** Writes that fail as a test wants them to, and all of them once the process is "killed". */
export class FlakyCommands extends WriteCommands {
  private killed = false;

  constructor(
    connection: Connection,
    /** Asked for every write of a collection. */
    private readonly fault: (collection: string) => WriteFault = () => undefined,
  ) {
    super(connection, { embedded: process.env.TEST_MONGODB_URI === undefined } as MongoConfig);
  }

  /** From now on the process does nothing any more: as after kill -9. */
  kill(): void {
    this.killed = true;
  }

  override async limited<T>(work: (signal: AbortSignal) => Promise<T>, limitMs?: number): Promise<T> {
    if (this.killed) throw new Error('killed');
    return super.limited(work, limitMs);
  }

  protected override async execute(command: mongo.Document): Promise<WriteReply> {
    const fault = this.fault(String(command['insert'] ?? command['update'] ?? command['delete']));
    if (fault === 'before') throw new Error('lost on the way');
    const reply = await super.execute(command);
    if (fault === 'after') throw new Error('no answer');
    // Whoever is dead hears no answers.
    if (this.killed) throw new Error('killed');
    return reply;
  }
}
