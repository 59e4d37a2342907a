import { Injectable } from '@nestjs/common';
import { UsageNames } from '../names/usage-names.service.js';
import { UsageTransactions, type UsageTransaction } from '../usage-transaction.repository.js';
import { ActivitiesRepository } from './activities.repository.js';
import { ActivityCellsRepository } from './activity-cells.repository.js';
import { ActivityDeltas } from './activity-deltas.js';
import type { ActivityRow } from './activity-row.js';
import type { SessionEvent } from './session-chain.js';
import { SessionUpdates } from './session-updates.service.js';

/** Stores activities together with all figures that they change, in one transaction. */
@Injectable()
export class ActivityWrites {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly names: UsageNames,
    private readonly activities: ActivitiesRepository,
    private readonly sessionUpdates: SessionUpdates,
    private readonly cells: ActivityCellsRepository,
  ) {}

  /**
   * @param rows without two of the same `eventId`
   * @returns the ids of the rows that were stored; the `eventId`s of the others were there before
   */
  async write(rows: readonly ActivityRow[]): Promise<Set<string>> {
    const users = await this.names.numbersOf(
      'user',
      rows.map(({ userId }) => userId),
    );
    return this.transactions.writeRows(
      (transaction) => this.activities.insert(transaction, rows, users),
      (transaction, stored) => this.count(transaction, rows, users, stored),
    );
  }

  private async count(
    transaction: UsageTransaction,
    rows: readonly ActivityRow[],
    users: ReadonlyMap<string, number>,
    stored: ReadonlySet<string>,
  ): Promise<void> {
    const deltas = new ActivityDeltas();
    const events = new Map<number, SessionEvent[]>();
    for (const { id, userId, occurredAt, action, sessionId } of rows) {
      if (!stored.has(id)) continue;
      const user = users.get(userId)!;
      deltas.addEvent(occurredAt, action);
      const event = { at: occurredAt, sessionId };
      const others = events.get(user);
      if (others === undefined) events.set(user, [event]);
      else others.push(event);
    }
    for (const change of await this.sessionUpdates.apply(transaction, events)) deltas.addChange(change);
    await this.cells.add(transaction, deltas);
  }
}
