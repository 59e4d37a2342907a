import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import { mongo, type Connection } from 'mongoose';
import { REPORT_TIMEOUT_MS } from '../../../../../infra/mongo/mongo-options.js';
import type { ActorChunk } from '../format/actor-table.js';
import type { HeadRow } from '../format/day-head.js';
import { QUARTERS_PER_DAY } from '../../day.js';
import type { IdentityLinks } from '../../person.js';
import type {
  ActorChunkDocument,
  DayBlockDocument,
  DayHeadDocument,
  RollupDocument,
} from './product-rollups.schema.js';

/** The state of a project's rollups. */
export interface RollupMeta {
  state: 'building' | 'ready' | 'raw';
  /** Grows whenever changes are complete. What is being changed has the next one already. */
  rev: number;
  /** Hex. Another one: everything was built anew, with other numbers of actors. */
  generation: string;
  /** Days that have to be built anew. */
  dirty: number[];
  dirtyAll: boolean;
}

/** With bytes as buffers, as the driver gives them when told to. */
type Read<T> = { [K in keyof T]: NonNullable<T[K]> extends mongo.Binary ? Extract<T[K], undefined> | Buffer : T[K] };

interface StoredLink {
  _id: { p: string; a: string };
  userId: string;
}

const LIMITS = { maxTimeMS: REPORT_TIMEOUT_MS, promoteBuffers: true, batchSize: 1000 } as const;
const BY_REVISION = { p: 1, rev: 1 } as const;
const LINKS_PER_QUERY = 2000;

/** Reads the rollups of a project and the links of its identities; writes nothing. Ids are hex. */
@Injectable()
export class RollupReaderRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  async findMeta(projectKey: string): Promise<RollupMeta | null> {
    const meta = await this.connection
      .collection<RollupDocument>('product_rollups')
      .findOne({ _id: projectKey }, { maxTimeMS: REPORT_TIMEOUT_MS });
    if (meta === null) return null;
    const { state, rev, generation, dirty, dirtyAll } = meta;
    return { state, rev, generation: generation.toHexString(), dirty, dirtyAll: dirtyAll === true };
  }

  /**
   * Days that changed after the revision, in no order, in batches.
   * @param withActors also the sets of all actors of each day.
   */
  async *streamHeads(projectKey: string, afterRev: number, withActors: boolean): AsyncGenerator<HeadRow[]> {
    const cursor = this.heads().find(
      { p: projectKey, rev: { $gt: afterRev } },
      { ...LIMITS, hint: BY_REVISION, ...(!withActors && { projection: { actors: 0 } }) },
    );
    try {
      while (await cursor.hasNext()) yield cursor.readBufferedDocuments().map(toHeadRow);
    } finally {
      await cursor.close();
    }
  }

  /** One day, with the set of all its actors. */
  async findHead(projectKey: string, day: number): Promise<HeadRow | null> {
    const head = await this.heads().findOne({ _id: { p: projectKey, d: day } }, LIMITS);
    return head && toHeadRow(head);
  }

  /** Stretches of the actor table that changed after the revision, in their order. */
  async listActorChunks(projectKey: string, afterRev: number): Promise<ActorChunk[]> {
    const chunks = await this.connection
      .collection<Read<ActorChunkDocument>>('product_actors')
      .find({ p: projectKey, rev: { $gt: afterRev } }, { ...LIMITS, hint: BY_REVISION })
      .toArray();
    return chunks
      .map(({ _id, keys, persons }) => ({ c: _id.c, keys, persons: new Int32Array(aligned(persons)) }))
      .sort((a, b) => a.c - b.c);
  }

  /** The sets of all actors of days, with the version of the day that each is of. */
  async listActorSets(
    projectKey: string,
    days: readonly number[],
  ): Promise<Required<Pick<HeadRow, 'day' | 'version' | 'generation' | 'actors'>>[]> {
    const heads = await this.heads()
      .find(
        { _id: { $in: days.map((d) => ({ p: projectKey, d })) } },
        { ...LIMITS, projection: { d: 1, version: 1, generation: 1, actors: 1 } },
      )
      .toArray();
    return heads.map(({ d, version, generation, actors }) => ({
      day: d,
      version,
      generation: generation.toHexString(),
      actors: copyOf(actors),
    }));
  }

  /** By id of a day's sets: the set of one name's actors; empty bytes when the day does not have the name. */
  async listNameSets(ids: readonly string[], nameKey: string): Promise<Map<string, Uint8Array>> {
    const rows = await this.connection
      .collection<{ _id: mongo.ObjectId; sets: Record<string, Buffer> }>('product_blocks')
      .find({ _id: { $in: ids.map(toObjectId) } }, { ...LIMITS, projection: { [`sets.${nameKey}`]: 1 } })
      .toArray();
    return new Map(rows.map(({ _id, sets }) => [_id.toHexString(), copyOf(sets[nameKey] ?? Buffer.alloc(0))]));
  }

  /** All sets of a day by `nameKey`. */
  async findSets(id: string): Promise<Map<string, Uint8Array> | null> {
    const row = await this.connection
      .collection<{ _id: mongo.ObjectId; sets: Record<string, Buffer> }>('product_blocks')
      .findOne({ _id: toObjectId(id) }, LIMITS);
    return row && new Map(Object.entries(row.sets));
  }

  /** The columns of blocks as they are stored, by id. They lie in memory that they share. */
  async listBlocks(ids: readonly string[]): Promise<Map<string, Uint8Array>> {
    const rows = await this.connection
      .collection<Read<DayBlockDocument>>('product_blocks')
      .find({ _id: { $in: ids.map(toObjectId) } }, { ...LIMITS, projection: { data: 1 } })
      .toArray();
    return new Map(rows.map(({ _id, data }) => [_id.toHexString(), data!]));
  }

  /** The users that anonymousIds are linked to. */
  async findLinks(projectKey: string, anonymousIds: readonly string[]): Promise<IdentityLinks> {
    const found = new Map<string, string>();
    for (let start = 0; start < anonymousIds.length; start += LINKS_PER_QUERY) {
      const ids = anonymousIds.slice(start, start + LINKS_PER_QUERY).map((a) => ({ p: projectKey, a }));
      const links = await this.connection
        .collection<StoredLink>('identity_links')
        .find({ _id: { $in: ids } }, { ...LIMITS, batchSize: LINKS_PER_QUERY + 1, projection: { userId: 1 } })
        .toArray();
      for (const { _id, userId } of links) found.set(_id.a, userId);
    }
    return found;
  }

  private heads() {
    return this.connection.collection<Read<DayHeadDocument>>('product_days');
  }
}

function toHeadRow(
  head: Partial<Pick<Read<DayHeadDocument>, 'actors'>> & Omit<Read<DayHeadDocument>, 'actors'>,
): HeadRow {
  return {
    day: head.d,
    version: head.version,
    generation: head.generation.toHexString(),
    events: head.events,
    first: head.first ?? null,
    last: head.last ?? null,
    quarters:
      head.quarters.length === 4 * QUARTERS_PER_DAY ? new Uint32Array(aligned(head.quarters)) : new Uint32Array(),
    names: head.names,
    counts: new Uint32Array(aligned(head.counts)),
    ...(head.actors !== undefined && { actors: copyOf(head.actors) }),
    sets: head.sets.toHexString(),
    blocks: head.blocks.map(({ id, n }) => ({ id: id.toHexString(), n })),
    applied: head.applied.map((epoch) => epoch.toHexString()),
  };
}

function toObjectId(hex: string): mongo.ObjectId {
  return mongo.ObjectId.createFromHexString(hex);
}

// The driver's buffers are views of whole answers: what is to be kept is copied, so that the answer is not kept with it.
function copyOf(bytes: Buffer): Uint8Array {
  return new Uint8Array(bytes);
}

/** Memory of its own, in which numbers of four bytes may be read. Little endian, as every processor that Node runs on. */
function aligned(bytes: Buffer): ArrayBuffer {
  return new Uint8Array(bytes).buffer;
}
