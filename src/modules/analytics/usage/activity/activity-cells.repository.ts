import { Injectable } from '@nestjs/common';
import { rowsParameter, rowSource, type RowColumnType } from '../../../../infra/sql/row-source.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import type { ActivityCell, ActivityDeltas, ReturnsCell } from './activity-deltas.js';

const SUMS = ['events', 'logins', 'registrations', 'sessions', 'session_ms', 'straddling', 'returns_change'];
const CELL_COLUMNS: Record<string, RowColumnType> = {
  start: 'bigint',
  ...Object.fromEntries(SUMS.map((name) => [name, 'bigint' as const])),
};
const CELL_NAMES = Object.keys(CELL_COLUMNS).join(', ');

/** Rows of `usage_activity_cells` and `usage_returns`: sums that every change is added to. */
@Injectable()
export class ActivityCellsRepository {
  async add(transaction: UsageTransaction, deltas: ActivityDeltas): Promise<void> {
    await this.addCells(transaction, deltas.changedCells());
    await this.addReturns(transaction, deltas.changedReturns());
  }

  private async addCells(
    transaction: UsageTransaction,
    cells: readonly [start: number, cell: ActivityCell][],
  ): Promise<void> {
    if (cells.length === 0) return;
    await rowsOf(
      transaction,
      `INSERT INTO usage_activity_cells (${CELL_NAMES})
       SELECT ${CELL_NAMES} FROM ${rowSource(transaction.dataSource, CELL_COLUMNS)} AS src WHERE true
       ON CONFLICT (start) DO UPDATE SET
         ${SUMS.map((name) => `${name} = usage_activity_cells.${name} + excluded.${name}`).join(', ')}`,
      [
        rowsParameter(
          cells.map(([start, cell]) => [
            start,
            cell.events,
            cell.logins,
            cell.registrations,
            cell.sessions,
            cell.sessionMs,
            cell.straddling,
            cell.returnsChange,
          ]),
        ),
      ],
    );
  }

  private async addReturns(transaction: UsageTransaction, cells: readonly ReturnsCell[]): Promise<void> {
    if (cells.length === 0) return;
    const source = rowSource(transaction.dataSource, {
      started_day: 'integer',
      previous_day: 'integer',
      sessions: 'bigint',
    });
    await rowsOf(
      transaction,
      `INSERT INTO usage_returns (started_day, previous_day, sessions)
       SELECT started_day, previous_day, sessions FROM ${source} AS src WHERE true
       ON CONFLICT (started_day, previous_day) DO UPDATE SET sessions = usage_returns.sessions + excluded.sessions`,
      [rowsParameter(cells.map(({ startedDay, previousDay, sessions }) => [startedDay, previousDay, sessions]))],
    );
  }
}
