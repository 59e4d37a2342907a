import { quarterOf } from '../quarter.js';
import { BLOCK_LEVELS, CELL_LEVELS, cellStart, type Level } from './call-blocks.js';
import type { TokenSums } from './call-series.js';
import { LatencyHistogram } from './latency-histogram.js';

export interface CallSums extends TokenSums {
  calls: number;
  errors: number;
  /** Microseconds. */
  responseUs: number;
}

/** Cells of all calls. */
export interface AiCell extends CallSums {
  level: Level;
  start: number;
  series: number;
}

/** How long calls took: those of a kind, or of a model and a kind (`scope` is the number of its name). */
export interface LatencyCell {
  level: Level;
  scope: number;
  start: number;
  histogram: LatencyHistogram;
}

/** Quarters of an hour of one user or project. */
export interface OwnerCell extends CallSums {
  owner: number;
  start: number;
  series: number;
  histogram: LatencyHistogram;
}

/** Days of UTC, and 32 of them, of one user. */
export interface OwnerBlock extends CallSums {
  level: Level;
  start: number;
  owner: number;
  series: number;
}

/** A call with numbers for names. */
export interface CountedCall {
  occurredAt: number;
  user: number;
  project: number | null;
  series: number;
  /** Of its kind, and of its model and kind. */
  scopes: readonly number[];
  success: boolean;
  responseUs: number;
  tokens: TokenSums;
}

/**
 * Turns new calls into changes of cells. Sums are made of the finest cells first; coarser ones are sums of these.
 * All keys are in the order of the tables' primary keys.
 */
export class AiDeltas {
  private readonly quarters = new Map<string, AiCell>();
  private readonly latencies = new Map<string, LatencyCell>();
  private readonly owners = new Map<string, OwnerCell>();
  private readonly users = new Set<number>();

  add(call: CountedCall): void {
    const start = quarterOf(call.occurredAt);
    const { user, project, series } = call;
    const cell = entry(this.quarters, `${start} ${series}`, () => ({
      level: CELL_LEVELS[0]!,
      start,
      series,
      ...none(),
    }));
    addCall(cell, call);
    for (const scope of call.scopes) {
      latencyAt(this.latencies, CELL_LEVELS[0]!, scope, start).histogram.add(call.responseUs);
    }
    this.users.add(user);
    for (const owner of project === null ? [user] : [user, project]) {
      const own = entry(this.owners, `${owner} ${start} ${series}`, () => ({
        owner,
        start,
        series,
        ...none(),
        histogram: new LatencyHistogram(),
      }));
      addCall(own, call);
      own.histogram.add(call.responseUs);
    }
  }

  cells(): AiCell[] {
    const cells = [...this.quarters.values()];
    for (const level of CELL_LEVELS.slice(1)) {
      const coarse = new Map<string, AiCell>();
      for (const cell of this.quarters.values()) {
        const start = cellStart(cell.start, level);
        const { series } = cell;
        addSums(
          entry(coarse, `${start} ${series}`, () => ({ level, start, series, ...none() })),
          cell,
        );
      }
      cells.push(...coarse.values());
    }
    return cells.sort((a, b) => a.level - b.level || a.start - b.start || a.series - b.series);
  }

  latencyCells(): LatencyCell[] {
    const cells = [...this.latencies.values()];
    for (const level of CELL_LEVELS.slice(1)) {
      const coarse = new Map<string, LatencyCell>();
      for (const { scope, start, histogram } of this.latencies.values()) {
        latencyAt(coarse, level, scope, cellStart(start, level)).histogram.merge(histogram);
      }
      cells.push(...coarse.values());
    }
    return cells.sort((a, b) => a.level - b.level || a.scope - b.scope || a.start - b.start);
  }

  ownerCells(): OwnerCell[] {
    return [...this.owners.values()].sort((a, b) => a.owner - b.owner || a.start - b.start || a.series - b.series);
  }

  /** Of users alone: projects are few, and nobody lists them by their calls. */
  ownerBlocks(): OwnerBlock[] {
    const blocks = new Map<string, OwnerBlock>();
    for (const cell of this.owners.values()) {
      const { owner, series } = cell;
      if (!this.users.has(owner)) continue;
      for (const level of BLOCK_LEVELS) {
        const start = cellStart(cell.start, level);
        const block = entry(blocks, `${level} ${start} ${owner} ${series}`, () => ({
          level,
          start,
          owner,
          series,
          ...none(),
        }));
        addSums(block, cell);
      }
    }
    return [...blocks.values()].sort(
      (a, b) => a.level - b.level || a.start - b.start || a.owner - b.owner || a.series - b.series,
    );
  }
}

function latencyAt(cells: Map<string, LatencyCell>, level: Level, scope: number, start: number): LatencyCell {
  return entry(cells, `${scope} ${start}`, () => ({ level, scope, start, histogram: new LatencyHistogram() }));
}

function none(): CallSums {
  return {
    calls: 0,
    errors: 0,
    responseUs: 0,
    tokens: 0,
    inputTokens: 0,
    cachedTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
  };
}

function addCall(sums: CallSums, { success, responseUs, tokens }: CountedCall): void {
  sums.calls++;
  if (!success) sums.errors++;
  sums.responseUs += responseUs;
  addTokens(sums, tokens);
}

/** Adds up all figures of calls. */
export function addSums(sums: CallSums, more: CallSums): void {
  sums.calls += more.calls;
  sums.errors += more.errors;
  sums.responseUs += more.responseUs;
  addTokens(sums, more);
}

function addTokens(sums: TokenSums, more: TokenSums): void {
  sums.tokens += more.tokens;
  sums.inputTokens += more.inputTokens;
  sums.cachedTokens += more.cachedTokens;
  sums.outputTokens += more.outputTokens;
  sums.reasoningTokens += more.reasoningTokens;
}

function entry<T>(map: Map<string, T>, key: string, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
