import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { AccountAccessService } from '../auth/account-access.service.js';
import type { AccessChanges, UserRow } from '../auth/user-row.js';

export interface UserPage {
  users: UserRow[];
  /** Null on the last page. */
  nextCursor: string | null;
}

/** Users as administrators see them. */
@Injectable()
export class AdminUsersService {
  constructor(private readonly accounts: AccountAccessService) {}

  async list({ limit, cursor }: { limit: number; cursor: string | null }): Promise<UserPage> {
    const found = await this.accounts.list(limit + 1, cursor);
    const users = found.slice(0, limit);
    return { users, nextCursor: found.length > limit ? users[users.length - 1]!.id : null };
  }

  /** @throws UserNotFoundError, LastAdminError */
  async update(admin: Principal, userId: string, changes: AccessChanges): Promise<UserRow> {
    return this.accounts.change(admin, userId, {
      role: changes.role ?? undefined,
      disabled: changes.disabled ?? undefined,
      grants: changes.grants ? [...new Set(changes.grants)] : undefined,
    });
  }
}
