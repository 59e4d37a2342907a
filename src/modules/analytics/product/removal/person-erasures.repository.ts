import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { Types, type Model } from 'mongoose';
import { PERSON_ERASURE_MODEL, type PersonErasureDocument } from './person-erasure.schema.js';

/** What one pass of an erasure takes of a person. */
export interface ErasureGroup {
  anonymousIds: readonly string[];
  /** No link of these was made by an earlier event than this, in epoch milliseconds; `null`: none of them had a link. */
  firstLinkAt: number | null;
  foundAt: Date;
  /** The person has more. */
  more: boolean;
}

export interface PersonErasure {
  erasureId: string;
  /** As it was asked for: a userId or an anonymousId. */
  id: string;
  requestedAt: Date;
  /** The user it stands for; `null`: not found out yet. */
  userId: string | null;
  /** `null`: not found out yet. */
  group: ErasureGroup | null;
  /** Of the anonymousIds those up to this one, in the order of the database, are done. */
  doneUpTo: string;
}

/** Promised erasures of persons. Each write is durable when it resolves, as the connection is set up. */
@Injectable()
export class PersonErasuresRepository {
  constructor(@InjectModel(PERSON_ERASURE_MODEL) private readonly erasures: Model<PersonErasureDocument>) {}

  async create(projectKey: string, id: string, requestedAt: Date): Promise<void> {
    await this.erasures.create([{ projectKey, id, requestedAt, state: 'accepted' }]);
  }

  /** The projects that have any. */
  async listProjects(): Promise<string[]> {
    return this.erasures.distinct('projectKey');
  }

  /** The oldest of a project. */
  async list(projectKey: string, limit: number): Promise<PersonErasure[]> {
    const documents = await this.erasures.find({ projectKey }).sort({ requestedAt: 1, _id: 1 }).limit(limit).lean();
    return documents.map(toRow);
  }

  async setPerson(erasureId: string, userId: string, group: ErasureGroup): Promise<void> {
    const { anonymousIds, firstLinkAt, foundAt, more } = group;
    const $set = { state: 'running' as const, userId, anonymousIds: [...anonymousIds], foundAt, more };
    await this.erasures.updateOne(
      { _id: erasureId },
      firstLinkAt === null ? { $set, $unset: { firstLinkAt: 1 } } : { $set: { ...$set, firstLinkAt } },
    );
  }

  /** The group is done; the next is to be found. */
  async finishGroup(erasureId: string, doneUpTo: string): Promise<void> {
    await this.erasures.updateOne(
      { _id: erasureId },
      { $set: { doneUpTo }, $unset: { anonymousIds: 1, firstLinkAt: 1, foundAt: 1, more: 1 } },
    );
  }

  async delete(erasureIds: readonly string[]): Promise<void> {
    await this.erasures.deleteMany({ _id: { $in: erasureIds.map((id) => new Types.ObjectId(id)) } });
  }

  async deleteOfProject(projectKey: string): Promise<void> {
    await this.erasures.deleteMany({ projectKey });
  }
}

function toRow(document: PersonErasureDocument): PersonErasure {
  const { _id, id, requestedAt, userId, anonymousIds, firstLinkAt, foundAt, more, doneUpTo } = document;
  const group =
    anonymousIds === undefined || foundAt === undefined
      ? null
      : { anonymousIds, firstLinkAt: firstLinkAt ?? null, foundAt, more: more === true };
  return {
    erasureId: _id.toHexString(),
    id,
    requestedAt,
    userId: userId ?? null,
    group,
    doneUpTo: doneUpTo ?? '',
  };
}
