import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { actorKey } from '../../../../events/product/segments/actor-key.js';
import { ProductSegmentsService } from '../../../../events/product/segments/product-segments.service.js';
import { compareDay, type RawActors, type RolledDay } from './day-comparison.js';
import { decodeBlock, mergeBlocks } from '../format/day-block.js';
import type { HeadRow } from '../format/day-head.js';
import { dayOf, NO_TIME_DAY } from '../../day.js';
import type { PersonNumbers } from '../reading/person-numbers.js';
import { RawDay } from './raw-day.js';
import { RollupDataService } from '../reading/rollup-data.service.js';
import { RollupReaderRepository } from '../store/rollup-reader.repository.js';
import { RollupSnapshotsService } from '../reading/rollup-snapshots.service.js';
import { RollupSourceRepository } from '../store/rollup-source.repository.js';
import { StaleRollupsError } from '../reading/stale-rollups.error.js';

/** A day that goes on changing while it is compared is given up then. */
const ATTEMPTS = 8;
const PAUSE_MS = 250;
/** No day lies in it: whether days are dirty is looked at one by one. */
const NO_TIME_AT_ALL = { from: 0, toExclusive: 0 };
const NEVER = new AbortController().signal;

/** Why the rollups of a whole project are not in use. */
export type Unusable = 'unbuilt' | 'building' | 'raw' | 'dirty';

export interface DayVerdict {
  day: number;
  /** Raw events that the rollups should have. */
  events: number;
  /** `raw`: reports that touch the day do not use rollups. `changing`: it changed at every look. */
  result: 'compared' | 'raw' | 'changing';
  differences: string[];
}

/**
 * Compares rollups with what raw events say. Only reads, and may do so while servers ingest and merge: what is seen to
 * differ is looked at again.
 */
@Injectable()
export class RollupVerificationService {
  constructor(
    private readonly segments: ProductSegmentsService,
    private readonly source: RollupSourceRepository,
    private readonly reader: RollupReaderRepository,
    private readonly snapshots: RollupSnapshotsService,
    private readonly data: RollupDataService,
  ) {}

  async listProjects(): Promise<string[]> {
    return (await this.source.listProjects()).sort();
  }

  /** False: it has neither events nor rollups. */
  async isKnown(projectKey: string): Promise<boolean> {
    return (await this.source.hasEvents(projectKey)) || (await this.reader.findMeta(projectKey)) !== null;
  }

  /** All days that raw events or rollups have, in order, or why the project has no rollups to compare. */
  async listDays(projectKey: string): Promise<number[] | Unusable> {
    const meta = await this.reader.findMeta(projectKey);
    if (meta === null) return 'unbuilt';
    if (meta.state !== 'ready') return meta.state;
    if (meta.dirtyAll) return 'dirty';
    const days = new Set<number>();
    for await (const heads of this.reader.streamHeads(projectKey, -1, false)) heads.forEach(({ day }) => days.add(day));
    for (let day = -NO_TIME_DAY; day < NO_TIME_DAY; day++) {
      const found = await this.source.findDay(projectKey, day);
      if (found === null) break;
      day = dayOf(found.getTime());
      days.add(day);
    }
    days.add(NO_TIME_DAY);
    return [...days].sort((a, b) => a - b);
  }

  async verify(projectKey: string, day: number): Promise<DayVerdict> {
    let verdict: DayVerdict = { day, events: 0, result: 'changing', differences: [] };
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      try {
        verdict = await this.compare(projectKey, day);
      } catch (error) {
        if (!(error instanceof StaleRollupsError)) throw error;
        verdict = { ...verdict, result: 'changing' };
      }
      // A difference may come from a link or an event that was stored between two looks.
      if (verdict.result === 'raw' || (verdict.result === 'compared' && verdict.differences.length === 0))
        return verdict;
      if (attempt < ATTEMPTS) await sleep(PAUSE_MS * (verdict.result === 'changing' ? attempt : 1));
    }
    return verdict;
  }

  // In this order: what the head does not have is either in an epoch that exists still, or the head has changed when it is
  // looked at once more. The table of actors comes after the head that refers to them.
  private async compare(projectKey: string, day: number): Promise<DayVerdict> {
    const head = await this.reader.findHead(projectKey, day);
    const raw = await this.readRaw(projectKey, day, new Set(head?.applied));
    const users = await this.reader.findLinks(
      projectKey,
      raw.actors.flatMap(({ kind, id }) => (kind === 'a' ? id : [])),
    );
    const verdict = { day, events: raw.length, differences: [] };
    const meta = await this.reader.findMeta(projectKey);
    if (meta === null || meta.dirty.includes(day)) return { ...verdict, result: 'raw' };
    const snapshot = await this.snapshots.open(projectKey, NO_TIME_AT_ALL);
    if (snapshot === null) return { ...verdict, result: 'raw' };
    const numbers = await this.data.numberPersons(snapshot);
    const rolled = head && (await this.readRolled(head, numbers));
    if (!isSameHead(head, await this.reader.findHead(projectKey, day))) throw new StaleRollupsError();
    const differences = compareDay(day, raw, toNumbers(raw, users, numbers), rolled);
    return { ...verdict, result: 'compared', differences };
  }

  /** But for the events of epochs that will be merged later. */
  private async readRaw(projectKey: string, day: number, applied: ReadonlySet<string>): Promise<RawDay> {
    const raw = new RawDay(day);
    for await (const events of this.source.streamDay(projectKey, day, NEVER)) {
      for (const event of events) raw.add(event);
    }
    const open = raw.epochs.filter((epoch) => epoch !== '' && !applied.has(epoch));
    raw.leaveOut(await this.segments.listExisting(open, projectKey));
    return raw;
  }

  private async readRolled(head: HeadRow, { persons }: PersonNumbers): Promise<RolledDay> {
    const found = await this.data.readBlocks(head.blocks, true);
    const blocks = head.blocks.map(({ id }) => decodeBlock(found.get(id)!));
    const sets = await this.reader.findSets(head.sets);
    if (sets === null) throw new StaleRollupsError();
    return { head, sets, events: mergeBlocks(blocks), persons };
  }
}

function isSameHead(before: HeadRow | null, after: HeadRow | null): boolean {
  return before?.version === after?.version && before?.generation === after?.generation;
}

function toNumbers({ actors }: RawDay, users: ReadonlyMap<string, string>, numbers: PersonNumbers): RawActors {
  const found = Int32Array.from(actors, ({ key }) => numbers.find(key));
  const persons = Int32Array.from(actors, ({ kind, id }, i) => {
    const user = kind === 'a' ? users.get(id) : undefined;
    return user === undefined ? found[i]! : numbers.find(actorKey('u', user));
  });
  return { numbers: found, persons };
}
