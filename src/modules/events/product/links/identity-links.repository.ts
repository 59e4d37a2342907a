import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { mergeLinks, type IdentityLink } from './identity-merge.js';
import { throwFirst, WriteCommands } from '../../../../infra/mongo/write-commands.js';

const COLLECTION = 'identity_links';
const DUPLICATE_KEY = 11000;
const LINKS_PER_COMMAND = 1000;

/** The person of an anonymousId, by project. The order of the fields is part of the stored key. */
interface LinkKey {
  p: string;
  a: string;
}

interface LinkDocument {
  _id: LinkKey;
  userId: string;
  at: Date;
}

@Injectable()
export class IdentityLinksRepository {
  constructor(private readonly commands: WriteCommands) {}

  async list(projectKey: string, anonymousIds: readonly string[]): Promise<IdentityLink[]> {
    return this.listByKeys(anonymousIds.map((anonymousId) => ({ projectKey, anonymousId })));
  }

  /** Of several projects. */
  async listByKeys(keys: readonly Pick<IdentityLink, 'projectKey' | 'anonymousId'>[]): Promise<IdentityLink[]> {
    const stored = keys.map(({ projectKey, anonymousId }) => toKey(projectKey, anonymousId));
    const documents = await this.commands.limited((signal) =>
      this.collection.find({ _id: { $in: stored } }, { batchSize: keys.length + 1, signal }).toArray(),
    );
    return documents.map(toLink);
  }

  async *stream(projectKey: string): AsyncGenerator<IdentityLink> {
    const links = this.collection.find({ _id: ofProject(projectKey) } as never, { batchSize: LINKS_PER_COMMAND });
    for await (const document of links) yield toLink(document);
  }

  /**
   * Keeps, for each anonymousId, the earliest of what is stored and what is given. Commutative and
   * idempotent: any order, repetition or overlap of calls ends in the same links. Durable when it resolves.
   */
  async merge(links: readonly IdentityLink[]): Promise<void> {
    const merged = mergeLinks(links);
    for (let start = 0; start < merged.length; start += LINKS_PER_COMMAND) {
      await this.mergeSome(merged.slice(start, start + LINKS_PER_COMMAND));
    }
  }

  /** Deletes up to `limit` links of the project. Returns how many there were. */
  async deleteSome(projectKey: string, limit: number): Promise<number> {
    const filter = { _id: ofProject(projectKey) } as never;
    const rows = await this.collection.find(filter, { projection: { _id: 1 }, limit }).toArray();
    if (rows.length > 0) await this.collection.deleteMany({ _id: { $in: rows.map((row) => row._id) } });
    return rows.length;
  }

  // Most links are new, and an insert is many times cheaper than an upsert. Whichever exists is then
  // lowered by a single atomic update, which does nothing unless ours is earlier.
  private async mergeSome(links: readonly IdentityLink[]): Promise<void> {
    const writeConcern = this.commands.durable;
    const documents = links.map(toDocument);
    const errors = await this.commands.run({ insert: COLLECTION, documents, ordered: false, writeConcern });
    throwFirst(errors.filter((error) => error.code !== DUPLICATE_KEY));
    const updates = errors.flatMap(({ index }) => documents[index] ?? []).map(toUpdate);
    if (updates.length === 0) return;
    throwFirst(await this.commands.run({ update: COLLECTION, updates, ordered: false, writeConcern }));
  }

  private get collection(): mongo.Collection<LinkDocument> {
    return this.commands.database.collection<LinkDocument>(COLLECTION);
  }
}

function toDocument({ projectKey, anonymousId, userId, at }: IdentityLink): LinkDocument {
  return { _id: toKey(projectKey, anonymousId), userId, at: new Date(at) };
}

// The database compares texts by their UTF-8 bytes, as `isEarlier` does.
function toUpdate({ _id, userId, at }: LinkDocument): mongo.Document {
  const isLater = { $or: [{ at: { $gt: at } }, { at, userId: { $gt: userId } }] };
  return { q: { _id, ...isLater }, u: { $set: { userId, at } } };
}

/** Every text sorts before every object: a range on the stored key, so that its own index serves. */
function ofProject(projectKey: string): mongo.Document {
  return { $gte: { p: projectKey, a: '' }, $lt: { p: projectKey, a: {} } };
}

function toLink({ _id, userId, at }: LinkDocument): IdentityLink {
  return { projectKey: _id.p, anonymousId: _id.a, userId, at: at.getTime() };
}

function toKey(projectKey: string, anonymousId: string): LinkKey {
  return { p: projectKey, a: anonymousId };
}
