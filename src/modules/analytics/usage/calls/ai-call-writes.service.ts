import { Injectable } from '@nestjs/common';
import { CallSeriesNames, seriesKey } from '../names/call-series.service.js';
import { UsageNames } from '../names/usage-names.service.js';
import { UsageTransactions } from '../usage-transaction.repository.js';
import type { AiCallRow } from './ai-call-row.js';
import { AiCallsRepository } from './ai-calls.repository.js';
import { AiCellsRepository } from './ai-cells.repository.js';
import { AiDeltas, type CountedCall } from './ai-deltas.js';
import { addableTokens, type CallSeries } from './call-series.js';

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
    return this.transactions.write(async (transaction) => {
      const stored = await this.calls.insert(
        transaction,
        rows.map((row, i) => {
          const { user, project, series } = counted[i]!;
          return { ...row, user, projectNumber: project, series };
        }),
      );
      if (stored.size === 0) return stored;
      const deltas = new AiDeltas();
      rows.forEach((row, i) => {
        if (stored.has(row.id)) deltas.add(counted[i]!);
      });
      await this.cells.add(transaction, deltas);
      return stored;
    });
  }

  private async numbered(rows: readonly AiCallRow[]): Promise<CountedCall[]> {
    const tokens = rows.map(addableTokens);
    const series = rows.map((row, i): CallSeries => ({
      provider: row.provider ?? '',
      model: row.model,
      callType: row.callType,
      split: tokens[i]!.split,
      inputAbove: tokens[i]!.inputAbove,
    }));
    const seriesNumbers = await this.series.numbersOf(series);
    const users = await this.names.numbersOf(
      'user',
      each(rows, ({ userId }) => userId),
    );
    const projects = await this.names.numbersOf(
      'project',
      each(rows, ({ project }) => project),
    );
    const types = await this.names.numbersOf(
      'call_type',
      each(rows, ({ callType }) => callType),
    );
    const latencies = await this.names.numbersOf('latency', each(rows, latencyName));
    return rows.map((row, i) => ({
      occurredAt: row.occurredAt,
      user: users.get(row.userId)!,
      project: row.project === null ? null : projects.get(row.project)!,
      series: seriesNumbers.get(seriesKey(series[i]!))!,
      scopes: [types.get(row.callType)!, latencies.get(latencyName(row))!],
      success: row.success,
      responseUs: row.responseUs,
      tokens: tokens[i]!,
    }));
  }
}

/** The name of a model with a kind of call. */
export function latencyName({ model, callType }: { model: string; callType: string }): string {
  return JSON.stringify([model, callType]);
}

function each(rows: readonly AiCallRow[], pick: (row: AiCallRow) => string | null): Set<string> {
  const names = new Set<string>();
  for (const row of rows) {
    const name = pick(row);
    if (name !== null) names.add(name);
  }
  return names;
}
