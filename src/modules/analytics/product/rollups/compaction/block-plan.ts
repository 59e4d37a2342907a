/** Events in one block at most: what is read and decoded in one go. */
export const MAX_BLOCK_EVENTS = 250_000;

const FULL_BLOCK_EVENTS = MAX_BLOCK_EVENTS / 2;
const MAX_SMALL_BLOCKS = 8;
const MERGE_RATIO = 2;

/**
 * Which of a day's blocks to merge with new events into one: the smallest, as long as they are not much larger than
 * what is merged already, so that an event is written again about as often as its block doubles; and more when there
 * would be too many small blocks to read. Blocks that are large stay as they are.
 *
 * @param sizes events of each block
 * @returns positions in `sizes`, growing
 */
export function chooseBlocks(sizes: readonly number[], added: number): number[] {
  const small = sizes
    .map((size, position) => ({ size, position }))
    .filter(({ size }) => size < FULL_BLOCK_EVENTS)
    .sort((a, b) => a.size - b.size);
  const chosen: number[] = [];
  let total = added;
  for (const { size, position } of small) {
    const left = small.length - chosen.length + 1;
    const isWorthIt = size <= MERGE_RATIO * total || left > MAX_SMALL_BLOCKS;
    if (!isWorthIt || total + size > MAX_BLOCK_EVENTS) break;
    total += size;
    chosen.push(position);
  }
  return chosen.sort((a, b) => a - b);
}
