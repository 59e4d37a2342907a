import { emailKey } from './email.js';
import { readOldUser } from './old-user.js';
import type { UsersRepository } from './users.repository.js';

export interface ImportResult {
  imported: number;
  /** There already, by id or e-mail. */
  present: number;
  refused: { id: string; reason: string }[];
}

/** Adds the users that are missing; those that are there stay as they are, so it may run again. */
export async function importOldUsers(
  documents: AsyncIterable<Record<string, unknown>>,
  users: UsersRepository,
  options: { adminEmail?: string; now: number },
): Promise<ImportResult> {
  const result: ImportResult = { imported: 0, present: 0, refused: [] };
  const adminKey = options.adminEmail === undefined ? null : emailKey(options.adminEmail);
  for await (const document of documents) {
    const verdict = readOldUser(document, options.now);
    if (verdict.kind === 'refused') {
      result.refused.push({ id: verdict.id, reason: verdict.reason });
      continue;
    }
    const role = verdict.user.emailKey === adminKey ? 'admin' : 'user';
    if (await users.createImported(verdict.user, role)) result.imported += 1;
    else result.present += 1;
  }
  return result;
}
