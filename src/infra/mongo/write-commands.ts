import { createRequire } from 'node:module';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { mongo, type Connection } from 'mongoose';
import { UnavailableError } from '../../common/errors/domain.error.js';
import { MONGO_CONFIG, type MongoConfig } from '../../config/app.config.js';
import { durableWriteConcern, OPERATION_TIMEOUT_MS } from './mongo-options.js';

const MIN_RETRY_MS = 300;
/** The store gives up a write so long before nobody waits for it any more, so that few are carried out unseen. */
const ANSWER_MS = 200;
const MAX_TIME_EXPIRED = 50;
const CONNECTION_LOST_CODES = new Set([91, 189, 10107, 11600, 11602, 13435]);

export interface WriteError {
  /** Position of the statement in the command. */
  index: number;
  code: number;
  errmsg: string;
}

export interface WriteReply {
  /** Statements that found a document, or were inserted. */
  n?: number;
  writeErrors?: WriteError[];
  writeConcernError?: { code: number; errmsg: string };
}

/** The driver's own way to send documents as the bytes they are; it serialises everything else itself. */
interface DocumentSequence {
  /** @param bytes of one document, or of several behind each other. */
  push(document: object, bytes: Uint8Array): void;
}

const requireFromMongoose = createRequire(createRequire(import.meta.url).resolve('mongoose'));
const { DocumentSequence } = requireFromMongoose('mongodb/lib/cmap/commands.js') as {
  DocumentSequence: new (field: string) => DocumentSequence;
};
/** The driver keeps the documents beside their bytes for its own log, which nobody reads. */
const UNSEEN = {};

/**
 * Sends write commands as they are. The driver's own `insertMany` measures and copies every document
 * before it serialises it once more; per event that costs as much as everything else we do.
 */
@Injectable()
export class WriteCommands {
  /** A write must survive the loss of the process, the machine, and of a minority of a replica set. */
  readonly durable: ReturnType<typeof durableWriteConcern>;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(MONGO_CONFIG) config: MongoConfig,
  ) {
    this.durable = durableWriteConcern(config);
  }

  get database(): mongo.Db {
    const { db } = this.connection;
    if (db === undefined) throw new mongo.MongoNotConnectedError('Client must be connected before running operations');
    return db;
  }

  /**
   * Runs an unordered, idempotent write. When the connection is lost on the way it is sent once more
   * within the same time limit: what the first try stored then shows up as a duplicate.
   * @returns the errors of single statements.
   */
  async run(command: mongo.Document): Promise<WriteError[]> {
    return (await this.execute(command)).writeErrors ?? [];
  }

  /**
   * Inserts documents that are BSON already, each buffer holding one or more of them, in the same way as `run`.
   * Durable when it resolves.
   * @param onResend called when the command is sent again: then some duplicates may be what the first try stored.
   */
  async insert(collection: string, documents: readonly Uint8Array[], onResend: () => void): Promise<WriteError[]> {
    const sequence = new DocumentSequence('documents');
    for (const bytes of documents) sequence.push(UNSEEN, bytes);
    const command = { insert: collection, documents: sequence, ordered: false, writeConcern: this.durable };
    return (await this.execute(command, onResend)).writeErrors ?? [];
  }

  /**
   * Runs a write of which no single statement may fail, in the same way as `run`.
   * @returns how many documents it found.
   */
  async count(command: mongo.Document): Promise<number> {
    const { n, writeErrors } = await this.execute(command);
    throwFirst(writeErrors ?? []);
    return n ?? 0;
  }

  /** Gives an operation of the driver the time limit of an ordinary one. `work` passes the signal on to the driver. */
  async limited<T>(work: (signal: AbortSignal) => Promise<T>, limitMs = OPERATION_TIMEOUT_MS): Promise<T> {
    // The driver's own `timeoutMS` has no effect in this version, so the limit is kept here.
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new StoreSilentError()), limitMs);
    try {
      return await work(limit.signal);
    } finally {
      clearTimeout(timer);
    }
  }

  protected async execute(command: mongo.Document, onResend?: () => void): Promise<WriteReply> {
    const startedAt = performance.now();
    let reply: WriteReply;
    try {
      reply = await this.send(command, OPERATION_TIMEOUT_MS);
    } catch (error) {
      const remaining = OPERATION_TIMEOUT_MS - (performance.now() - startedAt);
      if (!isConnectionLost(error) || remaining < MIN_RETRY_MS) throw error;
      onResend?.();
      reply = await this.send(command, remaining);
    }
    if (reply.writeConcernError !== undefined) {
      throw new UnavailableError(
        'The store did not confirm the write; try again',
        2,
        'WRITE_NOT_CONFIRMED',
        reply.writeConcernError,
      );
    }
    return reply;
  }

  private async send(command: mongo.Document, limitMs: number): Promise<WriteReply> {
    const limited = { ...command, maxTimeMS: Math.max(1, Math.floor(limitMs - ANSWER_MS)) };
    try {
      return await this.limited((signal) => this.database.command(limited, { signal, ignoreUndefined: true }), limitMs);
    } catch (error) {
      if (error instanceof mongo.MongoServerError && error.code === MAX_TIME_EXPIRED) throw new StoreSilentError();
      throw error;
    }
  }
}

/** @throws MongoServerError for the first of these errors. */
export function throwFirst(errors: readonly WriteError[]): void {
  const [first] = errors;
  if (first !== undefined) throw new mongo.MongoServerError({ message: first.errmsg, code: first.code });
}

/** The store did not answer in time; whether it did what it was told is not known. */
export class StoreSilentError extends UnavailableError {
  constructor() {
    super('The store does not answer; try again', 2, 'STORE_SILENT');
  }
}

function isConnectionLost(error: unknown): boolean {
  if (error instanceof mongo.MongoNetworkTimeoutError) return false;
  if (error instanceof mongo.MongoNetworkError) return true;
  return error instanceof mongo.MongoServerError && CONNECTION_LOST_CODES.has(Number(error.code));
}
