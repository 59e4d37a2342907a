import { Injectable } from '@nestjs/common';
import { chooseBlocks, MAX_BLOCK_EVENTS } from './block-plan.js';
import { decodeBlock, mergeBlocks, sliceBlock, withUsedNames, type DayBlock } from '../format/day-block.js';
import { DayBlocksRepository } from '../store/day-blocks.repository.js';
import type { BlockRef } from '../format/day-head.js';
import { DayTotals } from './day-totals.js';
import { HeadGenerationsService } from './head-generations.service.js';
import { RecentEpochs } from './recent-epochs.js';
import { RollupDaysService, type NewDay } from './rollup-days.service.js';
import type { NameSets, RollupRow, StoredHead } from '../store/rollup-rows.js';
import { LostRaceError } from './rollups.errors.js';
import { Slices } from './slices.js';

/** In one step: what is read and written at once is to stay within some megabytes. */
const MAX_STEP_DAYS = 32;
const MAX_STEP_BYTES = 8 * 1024 * 1024;

/** Events that an epoch adds to a day, with the project's numbers of actors. */
export interface DayPart {
  epoch: string;
  block: DayBlock;
}

/** Parts by day. */
export type DayParts = ReadonlyMap<number, readonly DayPart[]>;

/** Tells of an epoch whether it is not deleted. */
export interface Existing {
  has(epoch: string): boolean;
}

/** What one day gets, and which of its stored blocks are merged with that. */
interface DayPlan {
  day: number;
  before: StoredHead | undefined;
  /** `before`, unless that is of another build. */
  base: StoredHead | undefined;
  fresh: DayPart[];
  chosen: BlockRef[];
}

/** Adds the events of epochs to days, unless a day has them already. */
@Injectable()
export class DayMergeService {
  constructor(
    private readonly generations: HeadGenerationsService,
    private readonly blocks: DayBlocksRepository,
    private readonly days: RollupDaysService,
    private readonly recent: RecentEpochs,
  ) {}

  /** @param existing epochs of the project that are not deleted, those of the parts among them. */
  async merge(project: RollupRow, parts: DayParts, existing: Existing, signal: AbortSignal): Promise<void> {
    const slices = new Slices();
    const days = [...parts.keys()].sort((a, b) => a - b);
    for (let start = 0; start < days.length;) {
      const heads = await this.generations.list(project, days.slice(start, start + MAX_STEP_DAYS));
      const plans: DayPlan[] = [];
      let bytes = 0;
      for (; start < days.length && plans.length < MAX_STEP_DAYS; start++) {
        const day = days[start]!;
        const plan = planDay(day, parts.get(day) ?? [], heads.get(day), project);
        bytes += bytesOf(plan);
        if (plans.length > 0 && bytes > MAX_STEP_BYTES) break;
        plans.push(plan);
      }
      await this.mergeSome(project, plans, existing, slices, signal);
    }
  }

  private async mergeSome(
    project: RollupRow,
    plans: readonly DayPlan[],
    existing: Existing,
    slices: Slices,
    signal: AbortSignal,
  ): Promise<void> {
    const changing = plans.filter(({ fresh }) => fresh.length > 0);
    const data = await this.blocks.listData(changing.flatMap(({ chosen }) => chosen.map(({ id }) => id)));
    const sets = await this.blocks.listSets(changing.flatMap(({ base }) => base?.sets ?? []));
    const newDays: NewDay[] = [];
    for (const plan of changing) {
      await slices.pause(signal);
      newDays.push(this.mergeDay(plan, data, sets, existing));
    }
    // These have the events from a run that was not completed: maybe readers were told of later runs since, so that they
    // would not look at these days again.
    const touched = plans.flatMap(({ fresh, base }) => (fresh.length === 0 && base ? base : []));
    await slices.pause(signal);
    await this.days.store(
      project,
      newDays,
      touched.filter(({ rev }) => rev <= project.rev),
    );
  }

  private mergeDay(
    { day, before, base, fresh, chosen }: DayPlan,
    data: ReadonlyMap<string, Uint8Array>,
    sets: ReadonlyMap<string, NameSets>,
    existing: Existing,
  ): NewDay {
    const totals = new DayTotals(day, base, base?.sets ? found(sets, base.sets) : undefined);
    const stored = chosen.map(({ id }) => decodeBlock(found(data, id)));
    const merged = mergeBlocks([...stored, ...fresh.map(({ block }) => block)]);
    for (const { block } of fresh) totals.add(block);
    const added: DayBlock[] = [];
    for (let start = 0; start < merged.length; start += MAX_BLOCK_EVENTS) {
      const end = Math.min(merged.length, start + MAX_BLOCK_EVENTS);
      added.push(withUsedNames(sliceBlock(merged, start, end)));
    }
    const kept = (base?.blocks ?? []).filter((block) => !chosen.includes(block));
    const applied = [...this.recent.keep(base?.applied ?? [], existing), ...fresh.map(({ epoch }) => epoch)];
    return { day, before, totals, kept, added, applied };
  }
}

function planDay(day: number, parts: readonly DayPart[], before: StoredHead | undefined, project: RollupRow): DayPlan {
  const base = before?.generation === project.generation ? before : undefined;
  const applied = new Set(base?.applied);
  const fresh = parts.filter(({ epoch }) => !applied.has(epoch));
  const blocks = base?.blocks ?? [];
  const added = fresh.reduce((total, { block }) => total + block.length, 0);
  const chosen = chooseBlocks(
    blocks.map(({ n }) => n),
    added,
  );
  return { day, before, base, fresh, chosen: added === 0 ? [] : chosen.map((position) => blocks[position]!) };
}

/** About what it takes to read the day: the sets of its names may each be as large as that of all actors. */
function bytesOf({ base, chosen }: DayPlan): number {
  if (base === undefined) return 0;
  return (1 + base.names.length) * base.actors.length + chosen.reduce((total, { n }) => total + 8 * n, 0);
}

function found<T>(stored: ReadonlyMap<string, T>, id: string): T {
  const value = stored.get(id);
  if (value === undefined) throw new LostRaceError('a day, whose blocks are gone');
  return value;
}
