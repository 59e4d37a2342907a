import { CATEGORIES } from '../../common/categories/category.js';
import { emailKey, isEmailAddress } from './email.js';
import { isSupportedHash } from './password-hasher.js';
import type { UserSettings } from './user-settings.js';
import type { NewUser } from './users.repository.js';

export type OldUserVerdict = { kind: 'user'; user: NewUser } | { kind: 'refused'; id: string; reason: string };

/**
 * A document of the old browser-telemetry server's `users` collection as a new user. The id stays, so that what the
 * user owns there stays theirs. Both spellings of the old fields are known (`password_hash`, `passwordHash`,
 * `password`). A bcrypt hash is kept as it is; one that cannot be verified is refused rather than dropped.
 */
export function readOldUser(document: Record<string, unknown>, now: number): OldUserVerdict {
  const id = String(document._id);
  const { email } = document;
  if (typeof email !== 'string' || !isEmailAddress(email.trim()))
    return { kind: 'refused', id, reason: 'no valid e-mail' };
  const hash = firstText(
    document.password_hash,
    document.passwordHash,
    document.password,
    fromBytes(document.password),
  );
  if (hash !== null && !isSupportedHash(hash))
    return { kind: 'refused', id, reason: 'a password hash that is not bcrypt' };
  const trimmed = email.trim();
  return {
    kind: 'user',
    user: {
      id,
      email: trimmed,
      emailKey: emailKey(trimmed),
      name: firstText(document.name)?.trim().slice(0, 200) ?? trimmed.split('@')[0]!,
      passwordHash: hash,
      oauthProvider: firstText(document.oauth_provider, document.oauthProvider),
      settings: readSettings(document.settings),
      createdAt: readTime(document.created_at ?? document.createdAt) ?? now,
    },
  };
}

function firstText(...values: unknown[]): string | null {
  const found = values.find((value) => typeof value === 'string' && value.trim() !== '');
  return (found as string | undefined) ?? null;
}

/** Python's bcrypt gives bytes, which MongoDB keeps as binary. */
function fromBytes(value: unknown): string | null {
  const bytes = ArrayBuffer.isView(value) ? value : (value as { buffer?: unknown } | null | undefined)?.buffer;
  return ArrayBuffer.isView(bytes)
    ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
    : null;
}

function readTime(value: unknown): number | null {
  const time = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? null : time;
}

/** The two settings that the old server had, as far as they are valid here. */
function readSettings(value: unknown): UserSettings {
  if (typeof value !== 'object' || value === null) return {};
  const { sync_interval, categorization } = value as Record<string, unknown>;
  const settings: UserSettings = {};
  if (Number.isInteger(sync_interval) && Number(sync_interval) >= 1 && Number(sync_interval) <= 1440) {
    settings.sync_interval = Number(sync_interval);
  }
  if (typeof categorization === 'object' && categorization !== null) {
    const valid = Object.entries(categorization)
      .filter(([domain, category]) => domain.length <= 253 && CATEGORIES.some((known) => known === category))
      .slice(0, 1000);
    if (valid.length > 0) settings.categorization = Object.fromEntries(valid);
  }
  return settings;
}
