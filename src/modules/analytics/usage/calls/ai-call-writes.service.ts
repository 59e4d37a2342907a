import { Injectable } from '@nestjs/common';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { CallSeriesNames, seriesKey } from '../names/call-series.service.js';
import { UsageNames } from '../names/usage-names.service.js';
import { UsageTransactions } from '../usage-transaction.repository.js';
import type { AiCallRow } from './ai-call-row.js';
import { AiCallsRepository } from './ai-calls.repository.js';
import { aiCellChanges, AiCellsRepository, type AiCellChanges } from './ai-cells.repository.js';
import { AiDeltas, type CountedCall } from './ai-deltas.js';
import { addableTokens, type AddableTokens, type CallSeries } from './call-series.js';

/** Stores AI calls together with all figures that they change, in one transaction. */
@Injectable()
export class AiCallWrites {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly names: UsageNames,
    private readonly series: CallSeriesNames,
    private readonly calls: AiCallsRepository,
    private readonly cells: AiCellsRepository,
  ) {}

  /**
   * @param rows without two of the same `eventId`
   * @returns the ids of the rows that were stored; the `eventId`s of the others were there before
   */
  async write(rows: readonly AiCallRow[]): Promise<Set<string>> {
    const counted = await this.numbered(rows);
    let changesOfAll: AiCellChanges | undefined;
    return this.transactions.writeRows(
      async (transaction) => {
        const storing = this.calls.insert(transaction, rows, counted);
        // The database is at work meanwhile. That all rows are new is nearly always true.
        await nextTurn();
        changesOfAll ??= changesOf(counted);
        return storing;
      },
      (transaction, stored) => {
        const areAllNew = stored.size === rows.length;
        const changes = areAllNew ? changesOfAll! : changesOf(counted.filter((_, i) => stored.has(rows[i]!.id)));
        return this.cells.add(transaction, changes);
      },
    );
  }

  private async numbered(rows: readonly AiCallRow[]): Promise<CountedCall[]> {
    const tokens = rows.map(addableTokens);
    const kinds = await this.kindsOf(rows, tokens);
    const users = await this.names.numbersOf('user', each(rows, 'userId'));
    const projects = await this.names.numbersOf('project', each(rows, 'project'));
    return rows.map((row, i) => ({
      occurredAt: row.occurredAt,
      user: users.get(row.userId)!,
      project: row.project === null ? null : projects.get(row.project)!,
      ...kinds[i]!,
      success: row.success,
      responseUs: row.responseUs,
      tokens: tokens[i]!,
    }));
  }

  /** The numbers of what each call is of. There are few among many calls. */
  private async kindsOf(
    rows: readonly AiCallRow[],
    tokens: readonly AddableTokens[],
  ): Promise<Pick<CountedCall, 'series' | 'scopes'>[]> {
    const keys = rows.map((row, i) => seriesKey(seriesOf(row, tokens[i]!)));
    const series = new Map<string, CallSeries>();
    keys.forEach((key, i) => {
      if (!series.has(key)) series.set(key, seriesOf(rows[i]!, tokens[i]!));
    });
    const numbers = await this.series.numbersOf(series.values());
    const types = await this.names.numbersOf('call_type', each([...series.values()], 'callType'));
    const latencies = await this.names.numbersOf('latency', [...series.values()].map(latencyName));
    const kinds = new Map<string, Pick<CountedCall, 'series' | 'scopes'>>();
    for (const [key, one] of series) {
      const scopes = [types.get(one.callType)!, latencies.get(latencyName(one))!];
      kinds.set(key, { series: numbers.get(key)!, scopes });
    }
    return keys.map((key) => kinds.get(key)!);
  }
}

function seriesOf(row: AiCallRow, { split, inputAbove }: AddableTokens): CallSeries {
  return { provider: row.provider ?? '', model: row.model, callType: row.callType, split, inputAbove };
}

function changesOf(calls: readonly CountedCall[]): AiCellChanges {
  const deltas = new AiDeltas();
  for (const call of calls) deltas.add(call);
  return aiCellChanges(deltas);
}

/** The name of a model with a kind of call. */
export function latencyName({ model, callType }: { model: string; callType: string }): string {
  return JSON.stringify([model, callType]);
}

function each<Name extends string>(rows: readonly Readonly<Record<Name, string | null>>[], field: Name): Set<string> {
  const names = new Set<string>();
  for (const { [field]: name } of rows) if (name !== null) names.add(name);
  return names;
}
