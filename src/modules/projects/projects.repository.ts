import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { mongo, type Model, type QueryFilter, type UpdateQuery } from 'mongoose';
import type { ProjectChanges, ProjectRow } from './project-row.js';
import { PROJECT_MODEL, type ProjectDocument } from './project.schema.js';

const DUPLICATE_KEY = 11000;

/** Whose projects a query may touch, `''` for those that belong to nobody; `null`: everyone's. */
export type OwnerScope = readonly string[] | null;

@Injectable()
export class ProjectsRepository {
  constructor(@InjectModel(PROJECT_MODEL) private readonly projects: Model<ProjectDocument>) {}

  /** `null` when the key is taken. */
  async create(ownerId: string, project: Omit<ProjectRow, 'ownerId'>): Promise<ProjectRow | null> {
    const row: ProjectRow = { ...project, ownerId };
    try {
      await this.projects.create([row]);
      return row;
    } catch (error) {
      if (error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY) return null;
      throw error;
    }
  }

  async findByKey(projectKey: string): Promise<ProjectRow | null> {
    const document = await this.projects.findOne(visibleTo(null, { projectKey })).lean();
    return document === null ? null : toRow(document);
  }

  /** The newest first. */
  async list(owner: OwnerScope, limit: number, name?: string): Promise<ProjectRow[]> {
    const filter = visibleTo(owner, name === undefined ? {} : { name });
    const documents = await this.projects.find(filter).sort({ createdAt: -1, _id: -1 }).limit(limit).lean();
    return documents.map(toRow);
  }

  async update(owner: OwnerScope, projectKey: string, changes: ProjectChanges): Promise<ProjectRow | null> {
    const set: Record<string, unknown> = {};
    const unset: Record<string, 1> = {};
    for (const [field, value] of Object.entries(changes)) {
      if (value === null) unset[field] = 1;
      else if (value !== undefined) set[field] = value;
    }
    if (changes.isActive === true) unset['deletedAt'] = 1;
    const update: UpdateQuery<ProjectDocument> = { $set: set, $unset: unset };
    const filter = visibleTo(owner, { projectKey });
    const document = await this.projects.findOneAndUpdate(filter, update, { returnDocument: 'after' }).lean();
    return document === null ? null : toRow(document);
  }

  /** Keeps the time of a first deletion. False when there is no such project. */
  async markDeleted(owner: OwnerScope, projectKey: string, deletedAt: Date): Promise<boolean> {
    const filter = visibleTo(owner, { projectKey });
    const { matchedCount } = await this.projects.updateOne(
      filter,
      [{ $set: { isActive: false, deletedAt: { $ifNull: ['$deletedAt', deletedAt] } } }],
      { updatePipeline: true },
    );
    return matchedCount > 0;
  }

  /**
   * Takes one project that was deleted before `deletedBefore`, or whose erasing was interrupted. From
   * then on nobody sees it and its deletion cannot be undone. `null` when there is none.
   */
  async claimForErasure(deletedBefore: Date, now: Date): Promise<string | null> {
    const document = await this.projects
      .findOneAndUpdate(
        { $or: [{ erasingAt: { $type: 'date' } }, { isActive: false, deletedAt: { $lt: deletedBefore } }] },
        { $set: { erasingAt: now } },
        { returnDocument: 'after', projection: { projectKey: 1 } },
      )
      .lean();
    return document?.projectKey ?? null;
  }

  /** Takes all projects of one owner. The same keys again until they are deleted, so that an erasure can be repeated. */
  async claimOwnedForErasure(ownerId: string, now: Date): Promise<string[]> {
    await this.projects.updateMany(visibleTo([ownerId], {}), { $set: { erasingAt: now } });
    const claimed = await this.projects.find({ ownerId, erasingAt: { $type: 'date' } }, { projectKey: 1 }).lean();
    return claimed.map(({ projectKey }) => projectKey);
  }

  /** False when the project is gone or about to be erased. */
  async raiseLinkGeneration(projectKey: string): Promise<boolean> {
    const { matchedCount } = await this.projects.updateOne(visibleTo(null, { projectKey }), {
      $inc: { linkGeneration: 1 },
    });
    return matchedCount > 0;
  }

  /** Up to `limit` projects whose key is larger than `after`, by key. */
  async listAfter(after: string, limit: number): Promise<ProjectRow[]> {
    const filter = visibleTo(null, { projectKey: { $gt: after } });
    return (await this.projects.find(filter).sort({ projectKey: 1 }).limit(limit).lean()).map(toRow);
  }

  async deleteErased(projectKey: string): Promise<void> {
    await this.projects.deleteOne({ projectKey, erasingAt: { $type: 'date' } });
  }
}

function visibleTo(owner: OwnerScope, filter: QueryFilter<ProjectDocument>): QueryFilter<ProjectDocument> {
  const visible = { ...filter, erasingAt: { $exists: false } };
  if (owner === null) return visible;
  // Projects of the old server have no owner; `null` finds the missing field.
  return { ...visible, ownerId: { $in: owner.map((id) => (id === '' ? null : id)) } };
}

function toRow(document: ProjectDocument): ProjectRow {
  const { projectKey, name, createdAt, isActive, timezone, weekStart, eventRetentionDays, linkGeneration } = document;
  return {
    projectKey,
    name,
    ownerId: document.ownerId ?? '',
    createdAt,
    isActive,
    ...(typeof timezone === 'string' && { timezone }),
    ...(typeof weekStart === 'number' && { weekStart }),
    ...(typeof eventRetentionDays === 'number' && { eventRetentionDays }),
    ...(typeof linkGeneration === 'number' && { linkGeneration }),
  };
}
