import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, LessThan } from 'typeorm';
import { databaseNow } from '../../../infra/sql/sql-dialect.js';
import { sqlRows } from '../../../infra/sql/sql-rows.js';
import { inTransaction } from '../../../infra/sql/sql-transaction.js';
import { GRANT as ID, WhoopAuthStateEntity, WhoopGrantEntity } from './whoop-grant.entity.js';

/** Tokens are sealed. */
export interface GrantRow {
  memberId: string | null;
  accessToken: string | null;
  refreshToken: string | null;
  /** Of the access token; epoch milliseconds. */
  expiresAt: number | null;
  scope: string | null;
  version: number;
  reauthReason: string | null;
  /** Milliseconds since the refresh token was handed out for sending; null: it was not. */
  sentForMs: number | null;
  sentBy: string | null;
  seedHash: string | null;
  linkedBy: string | null;
  /** Epoch milliseconds; differs from one link to the next. */
  linkedAt: number | null;
}

export interface SealedPair {
  accessToken: string | null;
  refreshToken: string;
  expiresAt: number;
  scope: string;
}

/** Where a pair of tokens comes from. */
export interface PairOrigin {
  linkedBy: string | null;
  seedHash?: string;
}

interface RawGrant {
  member_id: string | null;
  access_token: string | null;
  refresh_token: string | null;
  expires_at: string | number | null;
  scope: string | null;
  version: string | number;
  reauth_reason: string | null;
  sent_for: string | number | null;
  sent_by: string | null;
  seed_hash: string | null;
  linked_by: string | null;
  linked_at: string | number | null;
}

/**
 * The grant of this instance. Every change names the version of the tokens that it is about and is refused when that has
 * passed: the row is the lock by which all processes agree who renews them.
 */
@Injectable()
export class WhoopGrantRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Null before anything was linked. */
  async find(): Promise<GrantRow | null> {
    const now = databaseNow(this.dataSource);
    const [row] = await sqlRows<RawGrant>(
      this.dataSource,
      this.dataSource,
      `SELECT "member_id", "access_token", "refresh_token", "expires_at", "scope", "version", "reauth_reason",
         ${now} - "sent_at" AS "sent_for", "sent_by", "seed_hash", "linked_by", "linked_at" FROM "whoop_grants" WHERE "id" = ?`,
      [ID],
    );
    return row === undefined ? null : toRow(row);
  }

  /**
   * Gives the refresh token of this version to `holder` for sending, once and for all: nobody else gets it, also after a
   * crash, unless `release` says that it was not used up. Durable when it resolves.
   */
  async claimRefresh(version: number, holder: string): Promise<boolean> {
    const now = databaseNow(this.dataSource);
    const rows = await sqlRows(
      this.dataSource,
      this.dataSource,
      `UPDATE "whoop_grants" SET "sent_at" = ${now}, "sent_by" = ? WHERE "id" = ? AND "version" = ? AND "sent_at" IS NULL
         AND "refresh_token" IS NOT NULL AND "reauth_reason" IS NULL RETURNING "id"`,
      [holder, ID, version],
    );
    return rows.length === 1;
  }

  /** The token was not used up: it may be sent again. */
  async release(version: number, holder: string): Promise<void> {
    await this.grants.update({ id: ID, version, sentBy: holder }, { sentAt: null, sentBy: null });
  }

  /** A new pair in place of that of `version`. False: another one has been stored meanwhile. */
  async replacePair(version: number, pair: SealedPair, now: number): Promise<boolean> {
    const { affected } = await this.grants.update({ id: ID, version }, { ...fresh(pair, now), version: version + 1 });
    return affected === 1;
  }

  /**
   * A pair of a new grant, whatever was there before; one of the environment only when its hash is not the one that was taken
   * over last, which two processes that start at once would both find. False: it was.
   */
  async storePair(pair: SealedPair, origin: PairOrigin, now: number): Promise<boolean> {
    const { linkedBy, seedHash } = origin;
    return inTransaction(this.dataSource, async (manager) => {
      const grants = manager.getRepository(WhoopGrantEntity);
      await grants.createQueryBuilder().insert().values({ id: ID, version: 0, updatedAt: now }).orIgnore().execute();
      const update = grants
        .createQueryBuilder()
        .update()
        .set({
          ...fresh(pair, now),
          linkedBy,
          linkedAt: now,
          ...(seedHash !== undefined && { seedHash }),
          version: () => '"version" + 1',
        })
        .where('"id" = :id', { id: ID });
      if (seedHash !== undefined) update.andWhere('("seed_hash" IS NULL OR "seed_hash" <> :seedHash)', { seedHash });
      return (await update.execute()).affected === 1;
    });
  }

  /** Only the member can mend it. Nothing happens when there are newer tokens, or another holder sends this one. */
  async requireReauthorisation(version: number, holder: string, reason: string): Promise<void> {
    await this.grants.update({ id: ID, version, sentBy: holder }, { reauthReason: reason, sentAt: null, sentBy: null });
  }

  /** Forgets the tokens. The version goes on, so that a renewal under way cannot bring them back. */
  async deleteTokens(now: number): Promise<void> {
    await this.grants
      .createQueryBuilder()
      .update()
      .set({
        accessToken: null,
        refreshToken: null,
        expiresAt: null,
        scope: null,
        reauthReason: null,
        sentAt: null,
        sentBy: null,
        linkedBy: null,
        linkedAt: null,
        updatedAt: now,
        version: () => '"version" + 1',
      })
      .where({ id: ID })
      .execute();
  }

  /** Shows this member where nobody is linked or was. False: somebody is. */
  async showMember(memberId: string, now: number): Promise<boolean> {
    const row = { id: ID, memberId, version: 0, updatedAt: now };
    await this.grants.createQueryBuilder().insert().values(row).orIgnore().execute();
    const found = await this.grants.findOneByOrFail({ id: ID });
    if (found.memberId === null && found.refreshToken === null) await this.grants.update({ id: ID }, { memberId });
    return found.memberId === null ? found.refreshToken === null : found.memberId === memberId;
  }

  async forgetMember(): Promise<void> {
    await this.grants.update({ id: ID }, { memberId: null });
  }

  async addState(state: { stateHash: string; userId: string; redirectUri: string; createdAt: number }): Promise<void> {
    await this.states.insert(state);
  }

  /** The consent that was asked for with this state, which is then used up; null: none, or too old. */
  async takeState(stateHash: string, notBefore: number): Promise<{ userId: string; redirectUri: string } | null> {
    const [row] = await sqlRows<{ user_id: string; redirect_uri: string; created_at: string | number }>(
      this.dataSource,
      this.dataSource,
      'DELETE FROM "whoop_auth_states" WHERE "state_hash" = ? RETURNING "user_id", "redirect_uri", "created_at"',
      [stateHash],
    );
    if (row === undefined || Number(row.created_at) < notBefore) return null;
    return { userId: row.user_id, redirectUri: row.redirect_uri };
  }

  async deleteStatesBefore(time: number): Promise<void> {
    await this.states.delete({ createdAt: LessThan(time) });
  }

  async deleteStatesOfUser(userId: string): Promise<void> {
    await this.states.delete({ userId });
  }

  private get grants() {
    return this.dataSource.getRepository(WhoopGrantEntity);
  }

  private get states() {
    return this.dataSource.getRepository(WhoopAuthStateEntity);
  }
}

function fresh(pair: SealedPair, now: number) {
  return { ...pair, reauthReason: null, sentAt: null, sentBy: null, updatedAt: now };
}

function toRow(row: RawGrant): GrantRow {
  const number = (value: string | number | null) => (value === null ? null : Number(value));
  return {
    memberId: row.member_id,
    accessToken: row.access_token,
    refreshToken: row.refresh_token,
    expiresAt: number(row.expires_at),
    scope: row.scope,
    version: Number(row.version),
    reauthReason: row.reauth_reason,
    sentForMs: number(row.sent_for),
    sentBy: row.sent_by,
    seedHash: row.seed_hash,
    linkedBy: row.linked_by,
    linkedAt: number(row.linked_at),
  };
}
