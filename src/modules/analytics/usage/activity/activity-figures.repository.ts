import { Injectable } from '@nestjs/common';
import type { Span } from '../../../../common/time/calendar.js';
import { joinEach, rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import { returnParts } from './returning-users.js';

/** Sums over the quarters of an hour of a span. */
export interface ActivitySums {
  events: number;
  logins: number;
  registrations: number;
  sessions: number;
  sessionMs: number;
  /** Sessions that began before the span and last into it. */
  straddling: number;
  /** @see ActivityCell.returnsChange */
  returnsChange: number;
}

const NONE: ActivitySums = {
  events: 0,
  logins: 0,
  registrations: 0,
  sessions: 0,
  sessionMs: 0,
  straddling: 0,
  returnsChange: 0,
};

type Row = Record<'i' | 'n', string | number>;

/** What rollups of activities say. Spans begin and end on whole quarters of an hour. */
@Injectable()
export class ActivityFiguresRepository {
  /** The sums of each span. */
  async sums(transaction: UsageTransaction, spans: readonly Span[]): Promise<ActivitySums[]> {
    const source = rowSource(transaction.dataSource, { i: 'integer', first: 'bigint', end: 'bigint' });
    const rows = await rowsOf<Record<string, string | number>>(
      transaction,
      `SELECT src.i, SUM(c.events) AS events, SUM(c.logins) AS logins, SUM(c.registrations) AS registrations,
         SUM(c.sessions) AS sessions, SUM(c.session_ms) AS session_ms, SUM(c.returns_change) AS returns_change,
         SUM(CASE WHEN c.start = src."first" THEN c.straddling ELSE 0 END) AS straddling
       FROM ${source} AS src
       ${joinEach(transaction.dataSource, 'usage_activity_cells', 'c', 'c.start >= src."first" AND c.start < src."end"')}
       GROUP BY src.i`,
      [rowsParameter(spans.map(({ from, toExclusive }, i) => [i, from, toExclusive]))],
    );
    const sums = spans.map(() => NONE);
    for (const row of rows) {
      sums[Number(row.i)] = {
        events: Number(row.events),
        logins: Number(row.logins),
        registrations: Number(row.registrations),
        sessions: Number(row.sessions),
        sessionMs: Number(row.session_ms),
        straddling: Number(row.straddling),
        returnsChange: Number(row.returns_change),
      };
    }
    return sums;
  }

  /** How many users return in each span: begin a session in it, and were not in one when it began. */
  async returning(transaction: UsageTransaction, spans: readonly Span[]): Promise<number[]> {
    const counts = spans.map(() => 0);
    const parts = spans.map(returnParts);
    const add = (rows: readonly Row[]) => rows.forEach(({ i, n }) => (counts[Number(i)]! += Number(n)));
    const list = <T>(pick: (part: (typeof parts)[number]) => readonly T[]) =>
      parts.flatMap((part, i) => pick(part).map((item) => [i, item] as const));
    add(
      await this.count(
        transaction,
        ['first', 'end', 'ended_before'],
        [
          'usage_sessions',
          'c.started_at >= src."first" AND c.started_at < src."end" AND c.previous_ended_at < src.ended_before',
        ],
        'COUNT(*)',
        list((part) => part.started).map(([i, p]) => [i, p.from, p.toExclusive, p.endedBefore]),
      ),
    );
    add(
      await this.count(
        transaction,
        ['first', 'end', 'ended_before'],
        [
          'usage_returns',
          'c.started_day >= src."first" AND c.started_day < src."end" AND c.previous_day < src.ended_before',
        ],
        'SUM(c.sessions)',
        list(({ days }) => (days === null ? [] : [days])).map(([i, p]) => [i, p.firstDay, p.endDay, p.endedBeforeDay]),
      ),
    );
    add(
      await this.count(
        transaction,
        ['ended_from', 'ended_before', 'first', 'end'],
        [
          'usage_sessions',
          `c.previous_ended_at >= src.ended_from AND c.previous_ended_at < src.ended_before
           AND c.started_at >= src."first" AND c.started_at < src."end"`,
        ],
        'COUNT(*)',
        list(({ after }) => (after === null ? [] : [after])).map(([i, p]) => [
          i,
          p.endedFrom,
          p.endedBefore,
          p.from,
          p.toExclusive,
        ]),
      ),
    );
    return counts;
  }

  /** Sessions that last into each instant: began before it, and end at or after it. */
  async straddling(transaction: UsageTransaction, instants: readonly number[]): Promise<number[]> {
    const rows = await this.count(
      transaction,
      ['instant'],
      ['usage_activity_cells', 'c.start = src.instant'],
      'SUM(c.straddling)',
      instants.map((instant, i) => [i, instant]),
    );
    const counts = instants.map(() => 0);
    for (const { i, n } of rows) counts[Number(i)] = Number(n);
    return counts;
  }

  /** Users who were ever active. */
  async totalUsers(transaction: UsageTransaction): Promise<number> {
    const rows = await rowsOf<Row>(
      transaction,
      'SELECT 0 AS i, COALESCE(SUM(sessions), 0) AS n FROM usage_returns WHERE previous_day = -1',
      [],
    );
    return Number(rows[0]!.n);
  }

  private async count(
    transaction: UsageTransaction,
    columns: readonly string[],
    [table, condition]: readonly [table: string, condition: string],
    figure: string,
    rows: readonly (readonly number[])[],
  ): Promise<Row[]> {
    if (rows.length === 0) return [];
    const types = Object.fromEntries(['i', ...columns].map((name) => [name, 'bigint' as const]));
    return rowsOf<Row>(
      transaction,
      `SELECT src.i, ${figure} AS n FROM ${rowSource(transaction.dataSource, types)} AS src
       ${joinEach(transaction.dataSource, table, 'c', condition)} GROUP BY src.i`,
      [rowsParameter(rows)],
    );
  }
}
