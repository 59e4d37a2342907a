import { setImmediate as nextTurn } from 'node:timers/promises';
import { decodeBlock, type DayBlock } from '../format/day-block.js';
import type { BlockRef } from '../format/day-head.js';
import type { RollupDataService } from './rollup-data.service.js';

/** Events read at once, about 5 bytes each. While a reader works on these, the next are on their way. */
const EVENTS_PER_READ = 1_000_000;
const BYTES_PER_EVENT = 6;
/** Blocks decoded before others have their turn. */
const BLOCKS_PER_TURN = 2;

export interface DayBlocks {
  day: number;
  blocks: readonly BlockRef[];
}

export interface DayRuns {
  day: number;
  runs: DayBlock[];
}

/** The columns of days, one day after the other. */
export async function* readDays(data: RollupDataService, days: readonly DayBlocks[]): AsyncGenerator<DayRuns> {
  const events = days.reduce((sum, { blocks }) => sum + countEvents(blocks), 0);
  const ifRoom = events * BYTES_PER_EVENT > data.maxBlockBytes;
  const read = (group: readonly DayBlocks[] | undefined) => {
    const reading = data.readBlocks(
      (group ?? []).flatMap(({ blocks }) => blocks),
      ifRoom,
    );
    // Its failure is met by the next `await`, or does not matter any more.
    reading.catch(() => undefined);
    return reading;
  };
  const groups = groupDays(days);
  let next = read(groups[0]);
  for (let i = 0; i < groups.length; i++) {
    const found = await next;
    next = read(groups[i + 1]);
    for (const { day, blocks } of groups[i]!) {
      yield { day, runs: await decode(blocks, found) };
    }
  }
}

/** Neighbouring days of which each group, unless it is one day, has no more events than are read at once. */
function groupDays(days: readonly DayBlocks[]): DayBlocks[][] {
  const groups: DayBlocks[][] = [];
  let room = 0;
  for (const day of days) {
    const events = countEvents(day.blocks);
    if (groups.length > 0 && events <= room) groups.at(-1)!.push(day);
    else {
      groups.push([day]);
      room = EVENTS_PER_READ;
    }
    room -= events;
  }
  return groups;
}

async function decode(blocks: readonly BlockRef[], found: ReadonlyMap<string, Uint8Array>): Promise<DayBlock[]> {
  const decoded: DayBlock[] = [];
  for (const { id } of blocks) {
    decoded.push(decodeBlock(found.get(id)!));
    if (decoded.length % BLOCKS_PER_TURN === 0) await nextTurn();
  }
  return decoded;
}

function countEvents(blocks: readonly BlockRef[]): number {
  return blocks.reduce((sum, { n }) => sum + n, 0);
}
