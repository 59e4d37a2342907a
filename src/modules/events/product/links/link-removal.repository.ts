import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { OPERATION_TIMEOUT_MS } from '../../../../infra/mongo/mongo-options.js';
import type { IdentityLink } from './identity-merge.js';
import { WriteCommands } from '../../../../infra/mongo/write-commands.js';

const COLLECTION = 'identity_links';
const LINKS_PER_COMMAND = 500;
const BATCH_SIZE = 5000;

/** What becomes of a link, if it is still as it was read. */
export interface LinkChange {
  from: IdentityLink;
  /** `null`: it is deleted. */
  to: IdentityLink | null;
}

interface LinkDocument {
  _id: { p: string; a: string };
  userId: string;
  at: Date;
}

/** Finds the links of a user, and makes links later or deletes them, which only an erasure does. */
@Injectable()
export class LinkRemovalRepository {
  constructor(private readonly commands: WriteCommands) {}

  /**
   * Those to one of the users among the next `count` links after an anonymousId. `next` is where to go on; `null` at the
   * end.
   */
  async listOfUsers(
    projectKey: string,
    userIds: readonly string[],
    after: string,
    count: number,
  ): Promise<{ links: IdentityLink[]; next: string | null }> {
    // Every text sorts before every object: a range on the stored key, so that its own index serves.
    const range = { $gt: { p: projectKey, a: after }, $lt: { p: projectKey, a: {} } };
    const [last] = await this.list(range, { projection: { _id: 1 }, sort: { _id: 1 }, skip: count - 1, limit: 1 });
    const upTo = last === undefined ? range : { $gt: range.$gt, $lte: { p: projectKey, a: last._id.a } };
    const rows = await this.list(upTo, {}, { userId: { $in: [...userIds] } });
    return { links: rows.map(toLink), next: last?._id.a ?? null };
  }

  /** A link that has changed since it was read stays as it is. Durable when it resolves. */
  async replace(changes: readonly LinkChange[]): Promise<void> {
    for (let start = 0; start < changes.length; start += LINKS_PER_COMMAND) {
      const some = changes.slice(start, start + LINKS_PER_COMMAND);
      const updates = some.flatMap(({ from, to }) =>
        to === null ? [] : { q: asRead(from), u: { $set: valueOf(to) } },
      );
      const deletes = some.flatMap(({ from, to }) => (to === null ? { q: asRead(from), limit: 1 } : []));
      if (updates.length > 0) await this.run({ update: COLLECTION, updates });
      if (deletes.length > 0) await this.run({ delete: COLLECTION, deletes });
    }
  }

  private async run(command: mongo.Document): Promise<void> {
    await this.commands.count({ ...command, ordered: false, writeConcern: this.commands.durable });
  }

  private async list(
    ids: mongo.Document,
    options: mongo.FindOptions,
    filter: mongo.Filter<LinkDocument> = {},
  ): Promise<LinkDocument[]> {
    const links = this.commands.database.collection<LinkDocument>(COLLECTION);
    const limits = { hint: { _id: 1 }, maxTimeMS: OPERATION_TIMEOUT_MS, batchSize: BATCH_SIZE };
    return this.commands.limited((signal) =>
      links.find({ ...filter, _id: ids }, { ...options, ...limits, signal }).toArray(),
    );
  }
}

// The order of the fields is part of the stored key.
function asRead({ projectKey, anonymousId, ...link }: IdentityLink): mongo.Document {
  return { _id: { p: projectKey, a: anonymousId }, ...valueOf(link) };
}

function valueOf({ userId, at }: Pick<IdentityLink, 'userId' | 'at'>): mongo.Document {
  return { userId, at: new Date(at) };
}

function toLink({ _id, userId, at }: LinkDocument): IdentityLink {
  return { projectKey: _id.p, anonymousId: _id.a, userId, at: at.getTime() };
}
