import type { BlockRef } from '../format/day-head.js';

/** How far the rollups of a project are. Ids are hex. */
export interface RollupRow {
  projectKey: string;
  /** `raw`: too wide for rollups when it was last tried, answered from raw events. */
  state: 'building' | 'ready' | 'raw';
  /** Grows when everything written under the next number is complete. */
  rev: number;
  /** Hex; new with every full rebuild. */
  generation: string;
  /** Days whose rollups may not equal the raw events. */
  dirty: number[];
  dirtyAll: boolean;
  /** When a mark was last made. */
  dirtyAt: Date | null;
  /** With the state `raw`: when to try again. */
  retryAt: Date | null;
  /** Grows with every mark. */
  marks: number;
  /** Actors in the table. */
  actors: number;
}

/** What one UTC day of a project adds up to. */
export interface DayFigures {
  events: number;
  /** Epoch milliseconds of the first and the last event; `null` for events without a time. */
  first: number | null;
  last: number | null;
  /** Events in each quarter of an hour. */
  quarters: Uint32Array;
  names: string[];
  /** Events of each name. */
  counts: Uint32Array;
  /** Encoded set of all actors. */
  actors: Uint8Array;
}

/** One UTC day of a project as it is stored. */
export interface StoredHead extends DayFigures {
  day: number;
  /** Grows by one with every write; 0: not stored yet. */
  version: number;
  /** The project's `rev` after the run that wrote this. */
  rev: number;
  /** Hex. */
  generation: string;
  /** Hex: where the sets of actors of each name are; `null`: not stored yet. */
  sets: string | null;
  blocks: BlockRef[];
  /** Hex: epochs whose events are in here, for as long as they may turn up elsewhere. */
  applied: string[];
}

/** Encoded sets of actors by `nameKey`. */
export type NameSets = ReadonlyMap<string, Uint8Array>;
