import type { Connection, mongo } from 'mongoose';
import { ActorBits, orInto } from '../../src/modules/analytics/product/rollups/format/actor-set.js';
import { ActorTable } from '../../src/modules/analytics/product/rollups/format/actor-table.js';
import { decodeBlock } from '../../src/modules/analytics/product/rollups/format/day-block.js';
import { DAY_MS, dayOf, dayStart, NO_TIME_DAY } from '../../src/modules/analytics/product/day.js';
import { nameKey } from '../../src/modules/analytics/product/rollups/format/name-key.js';
import type { StoredHead } from '../../src/modules/analytics/product/rollups/store/rollup-rows.js';
import { actorKey } from '../../src/modules/events/product/segments/actor-key.js';
import type { SegmentColumns } from '../../src/modules/events/product/segments/segment-columns.js';
import type { RollupProcess } from './rollup-process.js';

/** An event as rollups know it. */
interface Line {
  day: number;
  /** Milliseconds since the day began. */
  time: number;
  name: string;
  /** Hex; '-' for nobody. */
  actor: string;
  /** Hex; '' for none. */
  epoch: string;
}

interface Actors {
  table: ActorTable;
  /** Hex by number. */
  keys: string[];
}

/**
 * What the rollups of a project hold, with what is not merged yet, equals its raw events; and every figure of a day
 * equals what its own events come to. Days that are marked as dirty need not.
 * @param reader a process that has died of nothing.
 * @returns false when nothing may be read of the rollups now.
 */
export async function expectExact(connection: Connection, projectKey: string, reader: RollupProcess): Promise<boolean> {
  // In the order in which readers must read.
  const epochs = await reader.server.segments.listEpochs();
  const pending = await reader.server.segments.listSegments(projectKey);
  const meta = await reader.meta.find(projectKey);
  if (meta === null || meta.state !== 'ready' || meta.dirtyAll) return false;
  const raw = await readRaw(connection, projectKey);
  const actors = await readActors(reader, projectKey);
  const days = await listDays(connection, projectKey);
  const heads = await reader.heads.list(projectKey, days);
  const lines: Line[] = [];
  for (const head of heads.values()) lines.push(...(await readDay(reader, head, actors)));
  for (const { epoch, columns } of pending) {
    lines.push(...readSegment(epoch, columns).filter(({ day }) => !heads.get(day)?.applied.includes(epoch)));
  }
  const open = new Set(epochs.filter(({ state }) => state === 'open').map(({ id }) => id));
  lines.push(...raw.filter(({ epoch }) => open.has(epoch)));
  const isClean = ({ day }: Line): boolean => !meta.dirty.includes(day);
  expect(toText(lines.filter(isClean))).toEqual(toText(raw.filter(isClean)));
  if (pending.length + open.size === 0) await expectLinks(connection, projectKey, actors);
  return true;
}

/** Nothing waits to be merged, and nothing is dirty. */
export async function expectSettled(connection: Connection, projectKey: string, reader: RollupProcess): Promise<void> {
  expect(await reader.server.segments.listSegments(projectKey)).toEqual([]);
  expect(await reader.meta.find(projectKey)).toMatchObject({ state: 'ready', dirty: [], dirtyAll: false });
  expect(await expectExact(connection, projectKey, reader)).toBe(true);
}

async function readRaw(connection: Connection, projectKey: string): Promise<Line[]> {
  const rows = await connection.collection('events').find({ projectKey }).toArray();
  return rows.map((row) => {
    const day = dayOf(row['timestamp']?.getTime() ?? NaN);
    const key = row['userId'] ? actorKey('u', row['userId']) : row['anonymousId'] && actorKey('a', row['anonymousId']);
    return {
      ...{ day, time: day === NO_TIME_DAY ? 0 : row['timestamp'].getTime() - dayStart(day) },
      ...{ name: row['eventName'], actor: key ? hexOf(key) : '-', epoch: row['epoch']?.toHexString() ?? '' },
    };
  });
}

function readSegment(epoch: string, columns: SegmentColumns): Line[] {
  return Array.from({ length: columns.length }, (_, i) => {
    const day = dayOf(columns.times[i]!);
    const actor = columns.actorOf[i]!;
    return {
      ...{ day, time: day === NO_TIME_DAY ? 0 : columns.times[i]! - dayStart(day), epoch },
      name: columns.names[columns.nameOf[i]!]!,
      actor: actor < 0 ? '-' : hexOf(columns.actors.subarray(16 * actor, 16 * actor + 16)),
    };
  });
}

async function readActors(reader: RollupProcess, projectKey: string): Promise<Actors> {
  const chunks = await reader.chunks.list(projectKey, -1);
  const keys = chunks.flatMap(({ keys: bytes }) =>
    Array.from({ length: bytes.length / 16 }, (_, i) => hexOf(bytes.subarray(16 * i, 16 * i + 16))),
  );
  const known = keys.filter((key) => key !== '0'.repeat(32));
  expect(new Set(known).size).toBe(known.length);
  return { table: ActorTable.fromChunks(chunks), keys };
}

async function listDays(connection: Connection, projectKey: string): Promise<number[]> {
  const heads = await connection.collection('product_days').find({ p: projectKey }).project({ d: 1 }).toArray();
  return heads.map((head) => head['d']);
}

/** The events of a day's blocks, when all of its figures agree with them. */
async function readDay(reader: RollupProcess, head: StoredHead, { keys }: Actors): Promise<Line[]> {
  const stored = await reader.blocks.listData(head.blocks.map(({ id }) => id));
  const { sets, numbers, lines } = {
    sets: new Map<string, Set<number>>(),
    numbers: new Set<number>(),
    lines: [] as Line[],
  };
  for (const { id, n } of head.blocks) {
    const { length, times, names, nameOf, actorOf } = decodeBlock(stored.get(id)!);
    expect([length, [...times]]).toEqual([n, [...times].sort((a, b) => a - b)]);
    for (let i = 0; i < length; i++) {
      const [name, actor] = [names[nameOf[i]!]!, actorOf[i]!];
      lines.push({ day: head.day, time: times[i]!, name, actor: actor < 0 ? '-' : keys[actor]!, epoch: '' });
      if (!sets.has(name)) sets.set(name, new Set());
      if (actor >= 0) sets.get(name)!.add(actor);
      if (actor >= 0) numbers.add(actor);
    }
  }
  expect(describeHead(head)).toEqual(describeLines(head.day, lines));
  expect(listSet(head.actors)).toEqual(sorted(numbers));
  const storedSets = (await reader.blocks.listSets([head.sets!])).get(head.sets!)!;
  expect([...storedSets].map(([key, set]) => [key, listSet(set)]).sort()).toEqual(
    [...sets].map(([name, actors]) => [nameKey(name), sorted(actors)]).sort(),
  );
  return lines;
}

function describeHead({ events, first, last, quarters, names, counts }: StoredHead): unknown {
  const byName = Object.fromEntries(names.map((name, i) => [name, counts[i]!]));
  return { events, first, last, quarters: [...quarters], byName };
}

function describeLines(day: number, lines: readonly Line[]): unknown {
  const isTimed = day !== NO_TIME_DAY;
  const times = lines.map(({ time }) => dayStart(day) + time);
  const byName: Record<string, number> = {};
  for (const { name } of lines) byName[name] = (byName[name] ?? 0) + 1;
  const quarters = Array.from({ length: isTimed ? 96 : 0 }, () => 0);
  if (isTimed) for (const { time } of lines) quarters[Math.floor((time * 96) / DAY_MS)]! += 1;
  return {
    events: lines.length,
    first: isTimed && lines.length > 0 ? Math.min(...times) : null,
    last: isTimed && lines.length > 0 ? Math.max(...times) : null,
    quarters,
    byName,
  };
}

/** Every actor is the person that the links say. */
async function expectLinks(connection: Connection, projectKey: string, { table, keys }: Actors): Promise<void> {
  const links = (await connection
    .collection('identity_links')
    .find({ '_id.p': projectKey })
    .toArray()) as unknown as mongo.WithId<{ _id: { a: string }; userId: string }>[];
  const userOf = new Map(links.map(({ _id, userId }) => [hexOf(actorKey('a', _id.a)), hexOf(actorKey('u', userId))]));
  const found = keys.map((key, actor) => `${key} ${keys[table.persons[actor]!]}`);
  expect(found).toEqual(keys.map((key) => `${key} ${userOf.get(key) ?? key}`));
  for (const anonymous of userOf.keys()) expect(keys).toContain(anonymous);
}

function toText(lines: readonly Line[]): string[] {
  return lines.map(({ day, time, name, actor }) => `${day} ${time} ${name} ${actor}`).sort();
}

function listSet(encoded: Uint8Array): number[] {
  const bits = new ActorBits();
  orInto(bits, encoded);
  const numbers: number[] = [];
  bits.forEach((n) => numbers.push(n));
  return numbers;
}

const sorted = (numbers: Iterable<number>): number[] => [...numbers].sort((a, b) => a - b);

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
