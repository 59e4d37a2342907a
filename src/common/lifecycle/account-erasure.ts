import { Injectable } from '@nestjs/common';

/**
 * @param signal stops the work at the next step; it then throws or returns, and is called again later.
 * @param replicasKnow resolves when no replica takes the account for open any more, nor is in the middle of a write for
 *   it: what is erased after it stays erased. The wait is one and the same for all handlers of an account.
 */
export type EraseAccountData = (
  userId: string,
  signal: AbortSignal,
  replicasKnow: () => Promise<void>,
) => Promise<void>;

/**
 * What must be erased when an account is deleted. A module that holds data of users registers a handler in
 * its `onModuleInit`. Handlers run one after another, again from the first after a crash or a failure, so each
 * must be idempotent. The account's own rows go last.
 */
@Injectable()
export class AccountErasure {
  private readonly handlers = new Map<string, EraseAccountData>();

  /** @throws Error when the name is taken: two modules would overwrite each other. */
  register(name: string, erase: EraseAccountData): void {
    if (this.handlers.has(name)) throw new Error(`Account erasure "${name}" is registered twice`);
    this.handlers.set(name, erase);
  }

  list(): [name: string, erase: EraseAccountData][] {
    return [...this.handlers];
  }
}
