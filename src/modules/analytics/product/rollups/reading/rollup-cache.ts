import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { ROLLUPS_CONFIG, type RollupsConfig } from '../../../../../config/app.config.js';
import type { ActorTable } from '../format/actor-table.js';
import type { ProjectHeads } from './project-heads.js';
import { Turns } from './turns.js';

const MEGABYTE = 1_048_576;
/** What an entry takes beside its bytes. */
const ENTRY_BYTES = 200;
const BYTES_PER_ACTOR = 40;

/** What is kept of one project; replaced part by part. */
export interface CachedProject {
  heads?: ProjectHeads;
  actors?: { table: ActorTable; generation: string; rev: number };
}

/**
 * Rollups in memory, within limits; what was not used for the longest time goes first. Two thirds of the configured size
 * are for the columns of events, a sixth is for sets of actors. The figures of days and the tables of actors have a limit
 * of their own beside that: no report can do without them, and three projects of a million persons are to stay, since
 * reading one of them again takes most of a second. With less persons they take less: some megabytes for 50,000.
 */
@Injectable()
export class RollupCache {
  /** By project: only one at a time brings what is kept of it up to date. */
  readonly turns = new Turns();
  readonly maxBlockBytes: number;
  private readonly blocks: LRUCache<string, Uint8Array>;
  private readonly sets: LRUCache<string, Uint8Array>;
  private readonly projects: LRUCache<string, CachedProject>;

  constructor(@Inject(ROLLUPS_CONFIG) config: RollupsConfig) {
    const bytes = config.cacheMegabytes * MEGABYTE;
    this.maxBlockBytes = Math.floor((bytes * 2) / 3);
    this.blocks = newByteCache(this.maxBlockBytes);
    this.sets = newByteCache(Math.floor(bytes / 6));
    const maxSize = Math.floor((bytes * 4) / 3);
    this.projects = new LRUCache({
      maxSize,
      // A project that is larger than everything allowed drives out all others, but is not refused itself: reading all
      // of it for every report would be worse.
      sizeCalculation: (project) => Math.min(sizeOf(project), maxSize),
    });
  }

  project(projectKey: string): CachedProject | undefined {
    return this.projects.get(projectKey);
  }

  /** Also to be called when a part of it has grown. */
  setProject(projectKey: string, project: CachedProject): void {
    this.projects.set(projectKey, project);
  }

  forgetProject(projectKey: string): void {
    this.projects.delete(projectKey);
  }

  set(key: string): Uint8Array | undefined {
    return this.sets.get(key);
  }

  keepSet(key: string, bytes: Uint8Array): void {
    this.sets.set(key, bytes);
  }

  block(id: string): Uint8Array | undefined {
    return this.blocks.get(id);
  }

  /**
   * Keeps a copy of a block's bytes.
   * @param ifRoom only where nothing else has to go: a pass over more than fits would drive out what the next one needs.
   */
  keepBlock(id: string, bytes: Uint8Array, ifRoom: boolean): void {
    if (ifRoom && this.blocks.calculatedSize + bytes.length + ENTRY_BYTES > this.maxBlockBytes) return;
    this.blocks.set(id, new Uint8Array(bytes));
  }
}

function newByteCache(maxSize: number): LRUCache<string, Uint8Array> {
  return new LRUCache({ maxSize, sizeCalculation: (bytes) => bytes.length + ENTRY_BYTES });
}

function sizeOf({ heads, actors }: CachedProject): number {
  return ENTRY_BYTES + (heads?.bytes ?? 0) + (actors === undefined ? 0 : BYTES_PER_ACTOR * actors.table.size);
}
