import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { ACTOR_KEY_BYTES, actorKey } from '../../../../events/product/segments/actor-key.js';
import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { orInto, type ActorBits } from '../format/actor-set.js';
import { ActorTable } from '../format/actor-table.js';
import type { BlockRef, DayHead } from '../format/day-head.js';
import { nameKey } from '../format/name-key.js';
import { PersonNumbers, type KeyedLinks } from './person-numbers.js';
import type { IdentityLinks } from '../../person.js';
import { RollupCache } from './rollup-cache.js';
import { RollupReaderRepository } from '../store/rollup-reader.repository.js';
import { actorSetKey, type RollupSnapshot } from './rollup-snapshots.service.js';
import { StaleRollupsError } from './stale-rollups.error.js';

/** Sets read at once: 100 of a million actors take 12 MB. */
const DAYS_PER_READ = 100;

interface SegmentLinks {
  rev: number;
  /** Later lookups know better. */
  lookup: number;
  links: KeyedLinks;
}

/** The larger parts of rollups, read when a report needs them, and kept in memory as far as there is room. */
@Injectable()
export class RollupDataService {
  private readonly linksOf = new WeakMap<SegmentColumns, SegmentLinks>();
  private lookups = 0;

  constructor(
    private readonly reader: RollupReaderRepository,
    private readonly cache: RollupCache,
  ) {}

  /** About how many bytes of blocks stay in memory. */
  get maxBlockBytes(): number {
    return this.cache.maxBlockBytes;
  }

  /** Adds all actors of the days. */
  async uniteActors(snapshot: RollupSnapshot, days: readonly DayHead[], target: ActorBits): Promise<void> {
    const { projectKey } = snapshot;
    await this.unite(
      days,
      target,
      (head) => actorSetKey(projectKey, head),
      async (missing) => {
        const rows = await this.reader.listActorSets(
          projectKey,
          missing.map(({ day }) => day),
        );
        return new Map(rows.map((row) => [actorSetKey(projectKey, row), row.actors]));
      },
    );
  }

  /** Adds the actors of the days' events with the name. */
  async uniteActorsOfName(
    snapshot: RollupSnapshot,
    days: readonly DayHead[],
    name: string,
    target: ActorBits,
  ): Promise<void> {
    const id = snapshot.idOfName(name);
    const key = nameKey(name);
    const having = days.filter(({ nameIds, counts }) => nameIds.some((each, i) => each === id && counts[i]! > 0));
    await this.unite(
      having,
      target,
      ({ sets }) => `${sets} ${key}`,
      async (missing) => {
        const found = await this.reader.listNameSets(
          missing.map(({ sets }) => sets),
          key,
        );
        return new Map([...found].map(([sets, bytes]) => [`${sets} ${key}`, bytes]));
      },
    );
  }

  /**
   * The bytes of blocks by id.
   * @param ifRoom keep them in memory only where there is room.
   * @throws StaleRollupsError when one is gone: others have taken its place.
   */
  async readBlocks(blocks: readonly BlockRef[], ifRoom: boolean): Promise<Map<string, Uint8Array>> {
    const found = new Map<string, Uint8Array>();
    const missing: string[] = [];
    for (const { id } of blocks) {
      const bytes = this.cache.block(id);
      if (bytes === undefined) missing.push(id);
      else found.set(id, bytes);
    }
    if (missing.length === 0) return found;
    for (const [id, bytes] of await this.reader.listBlocks(missing)) {
      found.set(id, bytes);
      this.cache.keepBlock(id, bytes, ifRoom);
    }
    if (missing.some((id) => !found.has(id))) throw new StaleRollupsError();
    return found;
  }

  /** Whose the events of the snapshot are, by what is known now. */
  async numberPersons({ projectKey, generation, rev, overlay }: RollupSnapshot): Promise<PersonNumbers> {
    const segments = overlay.segments.map(({ columns }) => columns);
    const links = await this.findLinks(projectKey, rev, segments);
    const table = await this.cache.turns.take(projectKey, () => this.syncActors(projectKey, generation, rev));
    // Without a pause from here on: the table goes on changing.
    return new PersonNumbers(table, segments, links);
  }

  private async unite(
    days: readonly DayHead[],
    target: ActorBits,
    keyOf: (head: DayHead) => string,
    read: (days: readonly DayHead[]) => Promise<Map<string, Uint8Array>>,
  ): Promise<void> {
    const missing = days.filter((head) => {
      const bytes = this.cache.set(keyOf(head));
      if (bytes !== undefined) orInto(target, bytes);
      return bytes === undefined;
    });
    for (let start = 0; start < missing.length; start += DAYS_PER_READ) {
      const some = missing.slice(start, start + DAYS_PER_READ);
      const found = await read(some);
      for (const head of some) {
        const bytes = found.get(keyOf(head));
        // The day was written again since the snapshot.
        if (bytes === undefined) throw new StaleRollupsError();
        this.cache.keepSet(keyOf(head), bytes);
        orInto(target, bytes);
      }
    }
  }

  /** The actor table as of the revision or a later one. */
  private async syncActors(projectKey: string, generation: string, rev: number): Promise<ActorTable> {
    const known = this.cache.project(projectKey)?.actors;
    const cached = known?.generation === generation ? known : undefined;
    if (cached !== undefined && cached.rev >= rev) return cached.table;
    const chunks = await this.reader.listActorChunks(projectKey, cached?.rev ?? -1);
    const meta = await this.reader.findMeta(projectKey);
    // A full rebuild gives actors other numbers.
    if (meta?.generation !== generation) throw new StaleRollupsError();
    const table = cached?.table ?? new ActorTable();
    for (const { c, keys, persons } of chunks) {
      table.applyChunk(c, keys, persons);
      // Only as long as nobody else has the table: a report must not meet it half up to date.
      if (cached === undefined) await nextTurn();
    }
    this.cache.setProject(projectKey, { ...this.cache.project(projectKey), actors: { table, generation, rev } });
    return table;
  }

  /**
   * What events that are not merged may have changed of the links, in the order in which to apply it. Once looked up, it
   * stays right until something is merged: whatever changes one of these links later names it again.
   */
  private async findLinks(projectKey: string, rev: number, segments: readonly SegmentColumns[]): Promise<KeyedLinks[]> {
    const linking = segments.filter(({ linkedIds }) => linkedIds.length > 0);
    const unknown = linking.filter((columns) => this.linksOf.get(columns)?.rev !== rev);
    if (unknown.length > 0) {
      const lookup = ++this.lookups;
      const ids = new Set(unknown.flatMap(({ linkedIds }) => linkedIds));
      const found = await this.reader.findLinks(projectKey, [...ids]);
      for (const columns of unknown) this.linksOf.set(columns, { rev, lookup, links: toKeys(columns, found) });
    }
    return linking
      .map((columns) => this.linksOf.get(columns)!)
      .sort((a, b) => a.lookup - b.lookup)
      .map(({ links }) => links);
  }
}

function toKeys({ linkedIds }: SegmentColumns, found: IdentityLinks): KeyedLinks {
  const linked = linkedIds.filter((anonymousId) => found.has(anonymousId));
  const keys = {
    anonymous: new Uint8Array(ACTOR_KEY_BYTES * linked.length),
    users: new Uint8Array(ACTOR_KEY_BYTES * linked.length),
  };
  linked.forEach((anonymousId, i) => {
    keys.anonymous.set(actorKey('a', anonymousId), ACTOR_KEY_BYTES * i);
    keys.users.set(actorKey('u', found.get(anonymousId)!), ACTOR_KEY_BYTES * i);
  });
  return keys;
}
