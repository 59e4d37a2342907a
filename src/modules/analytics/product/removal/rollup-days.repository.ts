import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { OPERATION_TIMEOUT_MS } from '../../../../infra/mongo/mongo-options.js';
import { ActorBits, orInto } from '../rollups/format/actor-set.js';
import { ACTOR_KEY_BYTES, ACTORS_PER_CHUNK } from '../rollups/format/actor-table.js';
import type { ActorChunkDocument, DayHeadDocument, RollupDocument } from '../rollups/store/product-rollups.schema.js';

/** Heads and chunks of the actor table in one answer of the database. */
const BATCH_SIZE = 20;
const LIMITS = { maxTimeMS: OPERATION_TIMEOUT_MS, batchSize: BATCH_SIZE } as const;

/** Where the rollups of a project know actors. */
export interface ActorDays {
  /** Days, as numbers, in whose rollups one of the actors is. */
  days: number[];
  /** Days whose rollups are to be made anew, so that nothing can be said about them; `null`: nothing about any day. */
  unknownDays: number[] | null;
}

/** Asks the rollups which days a removal touches. Reads them, and never changes anything. */
@Injectable()
export class RollupDaysRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** @param keys as `actorKey` makes them. */
  async findActorDays(projectKey: string, keys: readonly Uint8Array[], signal: AbortSignal): Promise<ActorDays> {
    const rollup = await this.connection
      .collection<RollupDocument>('product_rollups')
      .findOne({ _id: projectKey }, { maxTimeMS: OPERATION_TIMEOUT_MS });
    if (rollup === null) return { days: [], unknownDays: null };
    const actors = await this.findActors(projectKey, keys, signal);
    const days = actors.size === 0 ? [] : await this.listDaysOf(projectKey, actors, signal);
    const isKnown = rollup.state === 'ready' && rollup.dirtyAll !== true;
    return { days, unknownDays: isKnown ? rollup.dirty : null };
  }

  /** True when rollups that are ready know the actor. `null`: they are not ready. */
  async hasActor(projectKey: string, key: Uint8Array, signal: AbortSignal): Promise<boolean | null> {
    const rollup = await this.connection
      .collection<RollupDocument>('product_rollups')
      .findOne({ _id: projectKey, state: 'ready' }, { maxTimeMS: OPERATION_TIMEOUT_MS });
    if (rollup === null || rollup.dirtyAll === true || rollup.dirty.length > 0) return null;
    return (await this.findActors(projectKey, [key], signal)).size > 0;
  }

  /** Days before this one of which there are rollups with events, in order. */
  async listDaysBefore(projectKey: string, day: number): Promise<number[]> {
    const heads = await this.heads()
      .find(
        { '_id.p': projectKey, p: projectKey, d: { $lt: day }, events: { $gt: 0 } },
        { maxTimeMS: OPERATION_TIMEOUT_MS, projection: { _id: 0, d: 1 }, hint: { p: 1, rev: 1 } },
      )
      .toArray();
    return heads.map(({ d }) => d).sort((a, b) => a - b);
  }

  private async findActors(
    projectKey: string,
    keys: readonly Uint8Array[],
    signal: AbortSignal,
  ): Promise<ReadonlySet<number>> {
    const wanted = new Set(keys.map((key) => Buffer.from(key).toString('latin1')));
    const found = new Set<number>();
    const chunks = this.connection
      .collection<ActorChunkDocument>('product_actors')
      .find({ p: projectKey }, { ...LIMITS, hint: { p: 1, rev: 1 }, projection: { keys: 1 } });
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      const all = Buffer.from(chunk.keys.buffer).toString('latin1');
      for (let at = 0; at < all.length; at += ACTOR_KEY_BYTES) {
        if (wanted.has(all.slice(at, at + ACTOR_KEY_BYTES))) {
          found.add(chunk._id.c * ACTORS_PER_CHUNK + at / ACTOR_KEY_BYTES);
        }
      }
    }
    return found;
  }

  private async listDaysOf(projectKey: string, actors: ReadonlySet<number>, signal: AbortSignal): Promise<number[]> {
    const days: number[] = [];
    const heads = this.heads().find(
      { p: projectKey },
      { ...LIMITS, hint: { p: 1, rev: 1 }, projection: { _id: 0, d: 1, actors: 1 } },
    );
    for await (const head of heads) {
      signal.throwIfAborted();
      const bits = new ActorBits();
      orInto(bits, head.actors.buffer);
      for (const actor of actors) {
        if (!bits.has(actor)) continue;
        days.push(head.d);
        break;
      }
    }
    return days;
  }

  private heads() {
    return this.connection.collection<DayHeadDocument>('product_days');
  }
}
