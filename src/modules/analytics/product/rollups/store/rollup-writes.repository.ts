import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { mongo, type Connection } from 'mongoose';
import { UnavailableError } from '../../../../../common/errors/domain.error.js';
import { MONGO_CONFIG, type MongoConfig } from '../../../../../config/app.config.js';
import { durableWriteConcern } from '../../../../../infra/mongo/mongo-options.js';

const DUPLICATE_KEY = 11000;
// Longer than an ordinary operation may take: a command carries megabytes, and nobody waits for the answer.
const WRITE_TIMEOUT_MS = 20_000;
const MAX_COMMAND_BYTES = 8 * 1024 * 1024;
const MAX_COMMAND_STATEMENTS = 1000;

export interface UpdateStatement {
  q: mongo.Document;
  /** Update operators, or the whole new document. */
  u: mongo.Document;
  multi?: boolean;
  upsert?: boolean;
}

export interface WriteReply {
  /** Documents inserted, matched or deleted. */
  n: number;
  writeErrors?: { index: number; code: number; errmsg: string }[];
  writeConcernError?: { code: number; errmsg: string };
}

/**
 * All writes of rollups. What it has acknowledged survives a crash of this process and of the store. When it throws,
 * nobody knows what was written: every step is made so that it can be repeated.
 */
@Injectable()
export class RollupWrites {
  private readonly writeConcern: ReturnType<typeof durableWriteConcern>;

  constructor(
    @InjectConnection() private readonly connection: Connection,
    @Inject(MONGO_CONFIG) config: MongoConfig,
  ) {
    this.writeConcern = durableWriteConcern(config);
  }

  get database(): mongo.Db {
    const { db } = this.connection;
    if (db === undefined) throw new mongo.MongoNotConnectedError('Client must be connected before running operations');
    return db;
  }

  /** Returns false when one of the documents exists already; others may have been written. */
  async insert(collection: string, documents: readonly mongo.Document[]): Promise<boolean> {
    let isNew = true;
    for (const some of inCommands(documents)) {
      const reply = await this.run({ insert: collection, documents: some, ordered: false });
      throwFirst(reply.writeErrors?.filter(({ code }) => code !== DUPLICATE_KEY));
      if (reply.writeErrors?.length) isNew = false;
    }
    return isNew;
  }

  /** Returns how many documents were found by the statements. */
  async update(collection: string, statements: readonly UpdateStatement[]): Promise<number> {
    let matched = 0;
    for (const updates of inCommands(statements)) {
      const reply = await this.run({ update: collection, updates, ordered: false });
      throwFirst(reply.writeErrors);
      matched += reply.n;
    }
    return matched;
  }

  /** Deletes all documents that match. For filters that match few. */
  async delete(collection: string, filter: mongo.Document): Promise<number> {
    const reply = await this.run({ delete: collection, deletes: [{ q: filter, limit: 0 }] });
    throwFirst(reply.writeErrors);
    return reply.n;
  }

  protected async run(command: mongo.Document): Promise<WriteReply> {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new UnavailableError('The store does not answer')), WRITE_TIMEOUT_MS);
    try {
      const reply = (await this.database.command(
        { ...command, writeConcern: this.writeConcern },
        { signal: limit.signal, ignoreUndefined: true },
      )) as WriteReply;
      if (reply.writeConcernError === undefined) return reply;
      throw new UnavailableError('The store did not confirm the write', 2, 'WRITE_NOT_CONFIRMED', reply);
    } finally {
      clearTimeout(timer);
    }
  }
}

function throwFirst(errors: WriteReply['writeErrors']): void {
  const first = errors?.[0];
  if (first !== undefined) throw new mongo.MongoServerError({ message: first.errmsg, code: first.code });
}

function* inCommands<T extends mongo.Document>(statements: readonly T[]): Generator<T[]> {
  let some: T[] = [];
  let bytes = 0;
  for (const statement of statements) {
    const size = mongo.BSON.calculateObjectSize(statement, { ignoreUndefined: true });
    if (some.length > 0 && (bytes + size > MAX_COMMAND_BYTES || some.length >= MAX_COMMAND_STATEMENTS)) {
      yield some;
      some = [];
      bytes = 0;
    }
    some.push(statement);
    bytes += size;
  }
  if (some.length > 0) yield some;
}
