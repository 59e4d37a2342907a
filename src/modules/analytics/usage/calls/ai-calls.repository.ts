import { Injectable } from '@nestjs/common';
import { rowsParameter, rowSource, type RowColumnType } from '../../../../infra/sql/row-source.js';
import { byEventId } from '../event-order.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import type { AiCallRow } from './ai-call-row.js';
import type { CountedCall } from './ai-deltas.js';

const COLUMNS: Record<string, RowColumnType> = {
  occurred_at: 'bigint',
  id: 'text',
  user_id: 'integer',
  series_id: 'integer',
  project_id: 'integer',
  event_id: 'text',
  response_us: 'bigint',
  tokens: 'bigint',
  input_tokens: 'bigint',
  cached_input_tokens: 'bigint',
  output_tokens: 'bigint',
  reasoning_tokens: 'bigint',
  success: 'boolean',
  error: 'text',
  received_at: 'bigint',
  clamped: 'boolean',
};
const NAMES = Object.keys(COLUMNS).join(', ');

/** Rows of `usage_ai_calls`, as they were sent. */
@Injectable()
export class AiCallsRepository {
  /**
   * Stores rows unless their `eventId` is there already. Returns the ids of those that were stored. In the order of `eventId`,
   * so that two who store the same wait for each other in one direction.
   * @param numbered the same calls with numbers for names, in the same order
   */
  async insert(
    transaction: UsageTransaction,
    rows: readonly AiCallRow[],
    numbered: readonly Pick<CountedCall, 'user' | 'project' | 'series'>[],
  ): Promise<Set<string>> {
    const source = rowSource(transaction.dataSource, COLUMNS);
    const stored = await rowsOf<{ id: string }>(
      transaction,
      `INSERT INTO usage_ai_calls (${NAMES}) SELECT ${NAMES} FROM ${source} AS src WHERE true
       ON CONFLICT (event_id) DO NOTHING RETURNING id`,
      [
        rowsParameter(
          [...rows.keys()].sort((a, b) => byEventId(rows[a]!, rows[b]!)).map((i) => toValues(rows[i]!, numbered[i]!)),
        ),
      ],
    );
    return new Set(stored.map(({ id }) => id));
  }

  /** The ids under which rows with these event ids are stored. */
  async findIds(transaction: UsageTransaction, eventIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await rowsOf<{ id: string; event_id: string }>(
      transaction,
      `SELECT c.id, c.event_id FROM ${rowSource(transaction.dataSource, { event_id: 'text' })} AS src
       JOIN usage_ai_calls c ON c.event_id = src.event_id`,
      [rowsParameter(eventIds.map((eventId) => [eventId]))],
    );
    return new Map(rows.map((row) => [row.event_id, row.id]));
  }
}

function toValues(row: AiCallRow, { user, series, project }: Pick<CountedCall, 'user' | 'project' | 'series'>) {
  return [
    row.occurredAt,
    row.id,
    user,
    series,
    project,
    row.eventId,
    row.responseUs,
    row.tokens,
    row.inputTokens,
    row.cachedInputTokens,
    row.outputTokens,
    row.reasoningTokens,
    row.success,
    row.error,
    row.receivedAt,
    row.clamped,
  ];
}
