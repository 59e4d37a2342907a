import { Injectable } from '@nestjs/common';
import type { SessionEvent } from '../activity/session-chain.js';
import type { AiCallRow } from '../calls/ai-call-row.js';
import { CELL_LEVELS } from '../calls/call-blocks.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';

const ROLLUPS = [
  'usage_sessions',
  'usage_activity_cells',
  'usage_returns',
  'usage_ai_cells',
  'usage_ai_latencies',
  'usage_ai_owner_cells',
  'usage_ai_owner_blocks',
  'usage_ai_callers',
];

const COPY = 'usage_rebuild_activities';

/** What of a stored activity is counted. */
export interface CountedActivity extends SessionEvent {
  user: number;
  action: string;
}

/** What of a stored call is counted. */
export type StoredCountedCall = Pick<
  AiCallRow,
  | 'occurredAt'
  | 'responseUs'
  | 'tokens'
  | 'inputTokens'
  | 'cachedInputTokens'
  | 'outputTokens'
  | 'reasoningTokens'
  | 'success'
> & { user: number; project: number | null; series: number };

type Row = Record<string, string | number | boolean | null>;

/** All raw rows, in parts, and the rollups that are made of them. */
@Injectable()
export class UsageRebuildRepository {
  /** How many more rows rollups have counted than there are: of pruned rows and erased accounts, or by a fault. */
  async missingRows(transaction: UsageTransaction): Promise<{ activities: number; calls: number }> {
    const [row] = await rowsOf<Row>(
      transaction,
      `SELECT
         (SELECT COALESCE(SUM(events), 0) FROM usage_activity_cells) - (SELECT COUNT(*) FROM usage_activities) AS activities,
         (SELECT COALESCE(SUM(calls), 0) FROM usage_ai_cells WHERE level = ?) - (SELECT COUNT(*) FROM usage_ai_calls) AS calls`,
      [CELL_LEVELS[0]],
    );
    return { activities: Number(row!.activities), calls: Number(row!.calls) };
  }

  async deleteRollups(transaction: UsageTransaction): Promise<void> {
    for (const table of ROLLUPS) await rowsOf(transaction, `DELETE FROM ${table}`, []);
  }

  /**
   * Copies what is counted of all activities, to be read user by user: the rows themselves are found by day. An index on them would
   * wait for whoever stores rows, who waits for the end of this. To be dropped in the same transaction.
   */
  async copyActivities(transaction: UsageTransaction): Promise<void> {
    await rowsOf(
      transaction,
      `CREATE TEMPORARY TABLE ${COPY} AS SELECT user_id, occurred_at, session_id, action FROM usage_activities`,
      [],
    );
    await rowsOf(transaction, `CREATE INDEX ${COPY}_by_user ON ${COPY} (user_id)`, []);
  }

  async dropCopy(transaction: UsageTransaction): Promise<void> {
    await rowsOf(transaction, `DROP TABLE ${COPY}`, []);
  }

  /** Of the copied activities. */
  async lastUser(transaction: UsageTransaction): Promise<number> {
    const [row] = await rowsOf<Row>(transaction, `SELECT MAX(user_id) AS id FROM ${COPY}`, []);
    return Number(row?.id ?? 0);
  }

  /** The copied activities of users with numbers in `(after, upTo]`, in no order. */
  async listActivities(transaction: UsageTransaction, after: number, upTo: number): Promise<CountedActivity[]> {
    const rows = await rowsOf<Row>(
      transaction,
      `SELECT user_id, occurred_at, session_id, action FROM ${COPY} WHERE user_id > ? AND user_id <= ?`,
      [after, upTo],
    );
    return rows.map((row) => ({
      user: Number(row.user_id),
      at: Number(row.occurred_at),
      sessionId: row.session_id === null ? null : String(row.session_id),
      action: String(row.action),
    }));
  }

  /** First and last call; `null` without one. */
  async callTimes(transaction: UsageTransaction): Promise<{ first: number; last: number } | null> {
    const [row] = await rowsOf<Row>(
      transaction,
      'SELECT MIN(occurred_at) AS "first", MAX(occurred_at) AS "last" FROM usage_ai_calls',
      [],
    );
    return row === undefined || row.first === null ? null : { first: Number(row.first), last: Number(row.last) };
  }

  async listCalls(transaction: UsageTransaction, from: number, toExclusive: number): Promise<StoredCountedCall[]> {
    const rows = await rowsOf<Row>(
      transaction,
      `SELECT occurred_at, user_id, project_id, series_id, response_us, tokens, input_tokens, cached_input_tokens,
         output_tokens, reasoning_tokens, success
       FROM usage_ai_calls WHERE occurred_at >= ? AND occurred_at < ?`,
      [from, toExclusive],
    );
    return rows.map((row) => ({
      occurredAt: Number(row.occurred_at),
      user: Number(row.user_id),
      project: numberOf(row.project_id),
      series: Number(row.series_id),
      responseUs: Number(row.response_us),
      tokens: Number(row.tokens),
      inputTokens: numberOf(row.input_tokens),
      cachedInputTokens: numberOf(row.cached_input_tokens),
      outputTokens: numberOf(row.output_tokens),
      reasoningTokens: numberOf(row.reasoning_tokens),
      success: Boolean(row.success),
    }));
  }
}

function numberOf(value: Row[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
