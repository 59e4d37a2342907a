import type { Grant, Role } from '../../common/auth/principal.js';
import type { UserSettings } from './user-settings.js';

/** A row of `users`. Times are epoch milliseconds. */
export interface UserRow {
  id: string;
  email: string;
  emailKey: string;
  name: string;
  passwordHash: string | null;
  oauthProvider: string | null;
  role: Role;
  grants: Grant[];
  settings: UserSettings;
  disabled: boolean;
  tokenVersion: number;
  tokensValidAfter: number;
  createdAt: number;
  deletedAt: number | null;
}

/** Whether the account may be used at all. */
export function isUsable(user: UserRow): boolean {
  return !user.disabled && user.deletedAt === null;
}

export function isActiveAdmin(user: UserRow): boolean {
  return user.role === 'admin' && isUsable(user);
}

/** What an administrator may change of another account; what is absent stays. */
export interface AccessChanges {
  role?: Role;
  disabled?: boolean;
  grants?: Grant[];
}
