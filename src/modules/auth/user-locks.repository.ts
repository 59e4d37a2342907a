import type { EntityManager } from 'typeorm';
import { IsNull } from 'typeorm';
import { SessionEntity } from './session.entity.js';
import { UserEntity } from './user.entity.js';
import type { UserRow } from './user-row.js';

// What the repositories of users share inside their transactions.

/** The claim of whoever registers first and so becomes the administrator. */
export const FIRST_ADMIN = 'first-admin';

export function toUserRow(entity: UserEntity): UserRow {
  return { ...entity };
}

/** The row, locked until the transaction ends: both dialects lock what they update. */
export async function lockUser(manager: EntityManager, id: string): Promise<UserRow | null> {
  await manager.getRepository(UserEntity).update({ id }, { id });
  const entity = await manager.getRepository(UserEntity).findOneBy({ id });
  return entity && toUserRow(entity);
}

/** Written to a user, these refuse every access token issued so far. */
export function invalidation(user: UserRow, now: number): Pick<UserRow, 'tokenVersion' | 'tokensValidAfter'> {
  return { tokenVersion: user.tokenVersion + 1, tokensValidAfter: now };
}

export async function revokeSessions(manager: EntityManager, userId: string, now: number): Promise<void> {
  await manager.getRepository(SessionEntity).update({ userId, revokedAt: IsNull() }, { revokedAt: now });
}
