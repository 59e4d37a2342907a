import { Readable } from 'node:stream';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { AccountsService } from './accounts.service.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { UsersRepository } from './users.repository.js';
import { zipStream, type ZipFile } from './zip-stream.js';

/** The archive of everything that belongs to an account: one NDJSON file per kind of data, in a ZIP. */
@Injectable()
export class AccountArchiveService implements OnModuleInit {
  constructor(
    private readonly sources: AccountExport,
    private readonly accounts: AccountsService,
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly keys: ApiKeysRepository,
  ) {}

  onModuleInit(): void {
    this.sources.register('account', (userId) => this.accountRows(userId));
    this.sources.register('sessions', (userId) => this.sessionRows(userId));
    this.sources.register('api-keys', (userId) => this.keyRows(userId));
  }

  /** The archive as a stream. The first piece is made before it returns, so that a store that is down is an error. */
  async create(caller: Principal): Promise<Readable> {
    const { id } = await this.accounts.get(caller);
    const files: ZipFile[] = this.sources
      .list()
      .map(([name, rows]) => ({ name: `${name}.ndjson`, lines: toLines(rows(id)) }));
    const pieces = zipStream(files);
    const first = await pieces.next();
    return Readable.from(startingWith(first, pieces), { objectMode: false });
  }

  private async *accountRows(userId: string): AsyncGenerator<object> {
    const user = await this.users.findById(userId);
    if (!user) return;
    const { id, email, name, role, grants, oauthProvider, settings, createdAt } = user;
    yield { id, email, name, role, grants, oauthProvider, settings, createdAt: toIso(createdAt) };
  }

  private async *sessionRows(userId: string): AsyncGenerator<object> {
    for (const session of await this.sessions.list(userId)) {
      yield {
        id: session.id,
        createdAt: toIso(session.createdAt),
        lastRefreshedAt: toIso(session.rotatedAt),
        expiresAt: toIso(session.expiresAt),
        revokedAt: toIso(session.revokedAt),
      };
    }
  }

  private async *keyRows(userId: string): AsyncGenerator<object> {
    for (const key of await this.keys.list(userId)) {
      yield {
        id: key.id,
        name: key.name,
        prefix: key.prefix,
        scopes: key.scopes,
        createdAt: toIso(key.createdAt),
        expiresAt: toIso(key.expiresAt),
        lastUsedAt: toIso(key.lastUsedAt),
      };
    }
  }
}

async function* toLines(rows: AsyncIterable<object>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}

function toIso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
