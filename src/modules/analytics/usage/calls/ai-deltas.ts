import { QUARTER_MS, quarterOf } from '../quarter.js';
import { BLOCK_LEVELS, CALLER_LEVELS, CELL_LEVELS, cellStart, type Level } from './call-blocks.js';
import type { TokenSums } from './call-series.js';
import { LatencyHistogram } from './latency-histogram.js';

export interface CallSums extends TokenSums {
  calls: number;
  errors: number;
  /** Microseconds. */
  responseUs: number;
}

/** Adds up all figures of calls. */
export class SummedCalls implements CallSums {
  calls = 0;
  errors = 0;
  responseUs = 0;
  tokens = 0;
  inputTokens = 0;
  cachedTokens = 0;
  outputTokens = 0;
  reasoningTokens = 0;

  addCall({ success, responseUs, tokens }: CountedCall): void {
    this.calls++;
    if (!success) this.errors++;
    this.responseUs += responseUs;
    this.addTokens(tokens);
  }

  addSums(more: CallSums): void {
    this.calls += more.calls;
    this.errors += more.errors;
    this.responseUs += more.responseUs;
    this.addTokens(more);
  }

  private addTokens(more: TokenSums): void {
    this.tokens += more.tokens;
    this.inputTokens += more.inputTokens;
    this.cachedTokens += more.cachedTokens;
    this.outputTokens += more.outputTokens;
    this.reasoningTokens += more.reasoningTokens;
  }
}

/** Cells of all calls. */
export class AiCell extends SummedCalls {
  constructor(
    readonly level: Level,
    readonly start: number,
    readonly series: number,
  ) {
    super();
  }
}

/** How long calls took: those of a kind, or of a model and a kind (`scope` is the number of its name). */
export class LatencyCell {
  readonly histogram = new LatencyHistogram();
  constructor(
    readonly level: Level,
    readonly scope: number,
    readonly start: number,
  ) {}
}

/** Quarters of an hour of one user or project. */
export class OwnerCell extends SummedCalls {
  readonly histogram = new LatencyHistogram();
  constructor(
    readonly owner: number,
    readonly start: number,
    readonly series: number,
  ) {
    super();
  }
}

/** Days of UTC, and 16 of them, of one user. */
export class OwnerBlock extends SummedCalls {
  constructor(
    readonly level: Level,
    readonly start: number,
    readonly owner: number,
    readonly series: number,
  ) {
    super();
  }
}

/** How many calls a user made. */
export interface CallerCell {
  level: Level;
  start: number;
  owner: number;
  calls: number;
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
 * All are in the order of the tables' primary keys.
 */
export class AiDeltas {
  private readonly quarters = new Map<number, AiCell>();
  private readonly latencies = new Map<number, LatencyCell>();
  private readonly users = new Map<number, Map<number, OwnerCell>>();
  private readonly projects = new Map<number, Map<number, OwnerCell>>();

  add(call: CountedCall): void {
    const { user, project, series, responseUs } = call;
    const [level] = CELL_LEVELS as [Level];
    const start = quarterOf(call.occurredAt);
    entry(this.quarters, keyOf(start, series), () => new AiCell(level, start, series)).addCall(call);
    for (const scope of call.scopes) {
      const cell = entry(this.latencies, keyOf(start, scope), () => new LatencyCell(level, scope, start));
      cell.histogram.add(responseUs);
    }
    addToOwner(this.users, user, start, call);
    if (project !== null) addToOwner(this.projects, project, start, call);
  }

  cells(): AiCell[] {
    const cells = [...this.quarters.values()];
    for (const level of CELL_LEVELS.slice(1)) {
      const coarse = new Map<number, AiCell>();
      for (const cell of this.quarters.values()) {
        const start = cellStart(cell.start, level);
        const { series } = cell;
        entry(coarse, keyOf(start, series), () => new AiCell(level, start, series)).addSums(cell);
      }
      cells.push(...coarse.values());
    }
    return cells.sort((a, b) => a.level - b.level || a.start - b.start || a.series - b.series);
  }

  latencyCells(): LatencyCell[] {
    const cells = [...this.latencies.values()];
    for (const level of CELL_LEVELS.slice(1)) {
      const coarse = new Map<number, LatencyCell>();
      for (const { scope, start: quarter, histogram } of this.latencies.values()) {
        const start = cellStart(quarter, level);
        const cell = entry(coarse, keyOf(start, scope), () => new LatencyCell(level, scope, start));
        cell.histogram.merge(histogram);
      }
      cells.push(...coarse.values());
    }
    return cells.sort((a, b) => a.level - b.level || a.scope - b.scope || a.start - b.start);
  }

  ownerCells(): OwnerCell[] {
    const cells: OwnerCell[] = [];
    for (const owners of [this.users, this.projects]) {
      for (const own of owners.values()) cells.push(...own.values());
    }
    return cells.sort((a, b) => a.owner - b.owner || a.start - b.start || a.series - b.series);
  }

  /** Of users alone: projects are few, and nobody lists them by their calls. */
  ownerBlocks(): OwnerBlock[] {
    const blocks: OwnerBlock[] = [];
    for (const [owner, cells] of this.users) {
      for (const level of BLOCK_LEVELS) {
        const own = new Map<number, OwnerBlock>();
        for (const cell of cells.values()) {
          const start = cellStart(cell.start, level);
          const { series } = cell;
          entry(own, keyOf(start, series), () => new OwnerBlock(level, start, owner, series)).addSums(cell);
        }
        blocks.push(...own.values());
      }
    }
    return blocks.sort((a, b) => a.level - b.level || a.start - b.start || a.owner - b.owner || a.series - b.series);
  }

  callerCells(): CallerCell[] {
    const callers: CallerCell[] = [];
    for (const [owner, cells] of this.users) {
      for (const level of CALLER_LEVELS) {
        const own = new Map<number, CallerCell>();
        for (const cell of cells.values()) {
          const start = cellStart(cell.start, level);
          entry(own, start, () => ({ level, start, owner, calls: 0 })).calls += cell.calls;
        }
        callers.push(...own.values());
      }
    }
    return callers.sort((a, b) => a.level - b.level || a.start - b.start || a.owner - b.owner);
  }
}

function addToOwner(
  owners: Map<number, Map<number, OwnerCell>>,
  owner: number,
  start: number,
  call: CountedCall,
): void {
  const cells = entry(owners, owner, () => new Map<number, OwnerCell>());
  const cell = entry(cells, keyOf(start, call.series), () => new OwnerCell(owner, start, call.series));
  cell.addCall(call);
  cell.histogram.add(call.responseUs);
}

/** More than a name has for its number (a column of 32 bits); with the quarters up to 2089, exact in a double. */
const NAMES = 2 ** 31;

/** One number for a beginning and a name: texts for thousands of calls are more work than to count them. */
function keyOf(start: number, name: number): number {
  return (start / QUARTER_MS) * NAMES + name;
}

function entry<T>(map: Map<number, T>, key: number, make: () => T): T {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}
