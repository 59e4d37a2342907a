import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, MoreThan, type EntityManager } from 'typeorm';
import { placeholders } from '../../infra/sql/sql-dialect.js';
import { isUniqueViolation } from '../../infra/sql/sql-errors.js';
import { inTransaction } from '../../infra/sql/sql-transaction.js';
import { EmailTakenError } from './auth.errors.js';
import { InstanceClaimEntity } from './instance-claim.entity.js';
import { UserEntity } from './user.entity.js';
import { FIRST_ADMIN, invalidation, lockUser, revokeSessions, toUserRow } from './user-locks.repository.js';
import type { UserRow } from './user-row.js';
import { mergeSettings, type SettingsChanges, type UserSettings } from './user-settings.js';

export interface NewUser {
  id: string;
  email: string;
  emailKey: string;
  name: string;
  passwordHash: string | null;
  oauthProvider?: string | null;
  settings?: UserSettings;
  createdAt: number;
}

@Injectable()
export class UsersRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async findById(id: string): Promise<UserRow | null> {
    const entity = await this.users.findOneBy({ id });
    return entity && toUserRow(entity);
  }

  async findByEmailKey(emailKey: string): Promise<UserRow | null> {
    const entity = await this.users.findOneBy({ emailKey });
    return entity && toUserRow(entity);
  }

  /** In the order of their ids, those after `afterId`; deleted accounts are left out. */
  async list(limit: number, afterId: string | null): Promise<UserRow[]> {
    const where = afterId === null ? { deletedAt: IsNull() } : { deletedAt: IsNull(), id: MoreThan(afterId) };
    const rows = await this.users.find({ where, order: { id: 'ASC' }, take: limit });
    return rows.map((row) => toUserRow(row));
  }

  /** Whether somebody has registered already; imported users do not count. */
  async hasFirstUser(): Promise<boolean> {
    return this.dataSource.getRepository(InstanceClaimEntity).existsBy({ name: FIRST_ADMIN });
  }

  /**
   * Adds a user: the very first one as administrator, later ones as plain users, or not at all (null) when
   * `onlyFirst` is set. The claim's primary key decides between two that come at the same moment.
   * @throws EmailTakenError
   */
  async create(user: NewUser, onlyFirst: boolean): Promise<UserRow | null> {
    return this.translating(() =>
      inTransaction(this.dataSource, async (manager) => {
        const isFirst = await this.claimFirst(manager, user.createdAt);
        if (onlyFirst && !isFirst) return null;
        return this.insert(manager, user, isFirst ? 'admin' : 'user');
      }),
    );
  }

  /** Adds a user who comes from an old server, unless the id or the e-mail is there already. */
  async createImported(user: NewUser, role: UserRow['role']): Promise<boolean> {
    try {
      await inTransaction(this.dataSource, async (manager) => {
        if (role === 'admin') await this.claimFirst(manager, user.createdAt);
        await this.insert(manager, user, role);
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** The changed row, or null when the user is gone. Settings are merged key by key. */
  async updateProfile(id: string, changes: { name?: string; settings?: SettingsChanges }): Promise<UserRow | null> {
    return inTransaction(this.dataSource, async (manager) => {
      const user = await lockUser(manager, id);
      if (!user) return null;
      const name = changes.name ?? user.name;
      const settings = changes.settings ? mergeSettings(user.settings, changes.settings) : user.settings;
      await manager.getRepository(UserEntity).update({ id }, { name, settings });
      return { ...user, name, settings };
    });
  }

  /** Sets a new password and ends everything that the old one opened. */
  async changePassword(id: string, passwordHash: string, now: number): Promise<void> {
    await inTransaction(this.dataSource, async (manager) => {
      const user = await lockUser(manager, id);
      if (!user) return;
      await manager.getRepository(UserEntity).update({ id }, { passwordHash, ...invalidation(user, now) });
      await revokeSessions(manager, id, now);
    });
  }

  /** Replaces a hash by a stronger one of the same password, unless the password was changed meanwhile. */
  async replaceHash(id: string, oldHash: string, newHash: string): Promise<void> {
    await this.users.update({ id, passwordHash: oldHash }, { passwordHash: newHash });
  }

  private get users() {
    return this.dataSource.getRepository(UserEntity);
  }

  private async insert(manager: EntityManager, user: NewUser, role: UserRow['role']): Promise<UserRow> {
    const row: UserRow = {
      id: user.id,
      email: user.email,
      emailKey: user.emailKey,
      name: user.name,
      passwordHash: user.passwordHash,
      oauthProvider: user.oauthProvider ?? null,
      role,
      grants: [],
      settings: user.settings ?? {},
      disabled: false,
      tokenVersion: 0,
      tokensValidAfter: 0,
      createdAt: user.createdAt,
      deletedAt: null,
    };
    await manager.getRepository(UserEntity).insert({ ...row });
    return row;
  }

  /** True for the one who gets it. On PostgreSQL a second claimer waits here until the first has committed. */
  private async claimFirst(manager: EntityManager, now: number): Promise<boolean> {
    const rows: unknown[] = await manager.query(
      placeholders(
        this.dataSource,
        'INSERT INTO instance_claims (name, claimed_at) VALUES (?, ?) ON CONFLICT (name) DO NOTHING RETURNING name',
      ),
      [FIRST_ADMIN, now],
    );
    return rows.length === 1;
  }

  private async translating<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error)) throw new EmailTakenError();
      throw error;
    }
  }
}
