import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model, QueryFilter } from 'mongoose';
import type { JobFailure } from '../../../../infra/jobs/job-queue.js';
import type { MadeReport, ReportTaskRow, TaskEnd } from './report-task-row.js';
import { REPORT_TASK_MODEL, type ReportTaskDocument } from './report-task.schema.js';

const DUPLICATE_KEY = 11000;

export type NewTask = Pick<
  ReportTaskRow,
  'taskId' | 'userId' | 'request' | 'requestHash' | 'hasOwnKey' | 'webhookIds' | 'createdAt'
>;

/** Whose tasks a query may touch; `null`: everyone's. */
export type OwnerScope = string | null;

@Injectable()
export class ReportTasksRepository {
  constructor(@InjectModel(REPORT_TASK_MODEL) private readonly tasks: Model<ReportTaskDocument>) {}

  /** False when the task is there already, or another one for the same request has not ended. */
  async create({ taskId, webhookIds, hasOwnKey, ...task }: NewTask): Promise<boolean> {
    try {
      await this.tasks.create([
        {
          _id: taskId,
          ...task,
          openKey: openKeyOf(task.userId, task.requestHash),
          ...(webhookIds.length === 0 ? {} : { webhookIds }),
          ...(hasOwnKey ? { hasOwnKey } : {}),
        },
      ]);
      return true;
    } catch (error) {
      if ((error as { code?: unknown }).code === DUPLICATE_KEY) return false;
      throw error;
    }
  }

  async find(owner: OwnerScope, taskId: string): Promise<ReportTaskRow | null> {
    return this.findOne(owner === null ? { _id: taskId } : { _id: taskId, userId: owner });
  }

  /** The one for this request that has not ended. */
  async findOpen(userId: string, requestHash: string): Promise<ReportTaskRow | null> {
    return this.findOne({ openKey: openKeyOf(userId, requestHash) });
  }

  /** The newest for this request that has a report. */
  async findCompleted(userId: string, requestHash: string): Promise<ReportTaskRow | null> {
    const document = await this.tasks
      .findOne({ userId, requestHash, end: 'completed' })
      .sort({ createdAt: -1 })
      .lean<ReportTaskDocument>();
    return document && toRow(document);
  }

  /** The newest first; `end` undefined: all, null: those that have not ended. */
  async list(owner: OwnerScope, end: TaskEnd | null | undefined, limit: number): Promise<ReportTaskRow[]> {
    const filter: QueryFilter<ReportTaskDocument> = owner === null ? {} : { userId: owner };
    if (end !== undefined) filter.end = end === null ? { $exists: false } : end;
    const documents = await this.tasks
      .find(filter)
      .sort({ createdAt: -1, _id: 1 })
      .limit(limit)
      .lean<ReportTaskDocument[]>();
    return documents.map(toRow);
  }

  /** Of all users: not ended, and made before; the oldest first. */
  async listOpenBefore(time: Date, limit: number): Promise<ReportTaskRow[]> {
    const documents = await this.tasks
      .find({ end: { $exists: false }, createdAt: { $lt: time } })
      .sort({ createdAt: 1 })
      .limit(limit)
      .lean<ReportTaskDocument[]>();
    return documents.map(toRow);
  }

  /** One more place where the end is to be told; the task as it is then, or null when it is gone. */
  async addWebhook(taskId: string, webhookId: string): Promise<ReportTaskRow | null> {
    const document = await this.tasks
      .findOneAndUpdate({ _id: taskId }, { $addToSet: { webhookIds: webhookId } }, { returnDocument: 'after' })
      .lean<ReportTaskDocument>();
    return document && toRow(document);
  }

  /** False when the task has ended, is gone, or a newer run has begun. */
  async begin(taskId: string, fencingToken: number): Promise<boolean> {
    const { matchedCount } = await this.tasks.updateOne(
      {
        _id: taskId,
        end: { $exists: false },
        $or: [{ fencingToken: { $exists: false } }, { fencingToken: { $lte: fencingToken } }],
      },
      { $set: { fencingToken } },
    );
    return matchedCount === 1;
  }

  /** Its job begins anew, with smaller tokens. */
  async forgetRuns(taskId: string): Promise<void> {
    await this.tasks.updateOne({ _id: taskId, end: { $exists: false } }, { $unset: { fencingToken: 1 } });
  }

  /** Ends it with a report, unless it has ended or a newer run has begun. */
  async complete(taskId: string, fencingToken: number, made: MadeReport, at: Date): Promise<boolean> {
    const { modifiedCount } = await this.tasks.updateOne(
      { _id: taskId, end: { $exists: false }, fencingToken },
      { $set: { end: 'completed', endedAt: at, made }, $unset: { openKey: 1 } },
    );
    return modifiedCount === 1;
  }

  /** Ends it without a report, unless it has ended. */
  async fail(taskId: string, error: JobFailure, at: Date): Promise<boolean> {
    const { modifiedCount } = await this.tasks.updateOne(
      { _id: taskId, end: { $exists: false } },
      { $set: { end: 'failed', endedAt: at, error }, $unset: { openKey: 1 } },
    );
    return modifiedCount === 1;
  }

  async markTold(taskId: string): Promise<void> {
    await this.tasks.updateOne({ _id: taskId }, { $set: { isTold: true } });
  }

  async delete(taskId: string): Promise<void> {
    await this.tasks.deleteOne({ _id: taskId });
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.tasks.deleteMany({ userId });
  }

  /** Those that ended before: their ids. */
  async listEndedBefore(time: Date, limit: number): Promise<string[]> {
    const documents = await this.tasks
      .find({ end: { $exists: true }, createdAt: { $lt: time } }, { _id: 1 })
      .sort({ createdAt: 1 })
      .limit(limit)
      .lean<{ _id: string }[]>();
    return documents.map(({ _id }) => _id);
  }

  async *streamOfUser(userId: string): AsyncGenerator<ReportTaskRow> {
    const cursor = this.tasks.find({ userId }).sort({ createdAt: 1 }).lean<ReportTaskDocument>().cursor();
    for await (const document of cursor) yield toRow(document);
  }

  /** How many tasks of all users have ended in which way. */
  async countEnds(): Promise<Record<TaskEnd, number>> {
    const [completed, failed] = await Promise.all(
      (['completed', 'failed'] as const).map((end) => this.tasks.countDocuments({ end })),
    );
    return { completed: completed!, failed: failed! };
  }

  private async findOne(filter: QueryFilter<ReportTaskDocument>): Promise<ReportTaskRow | null> {
    const document = await this.tasks.findOne(filter).lean<ReportTaskDocument>();
    return document && toRow(document);
  }
}

const openKeyOf = (userId: string, requestHash: string): string => `${requestHash} ${userId}`;

function toRow(document: ReportTaskDocument): ReportTaskRow {
  const { _id, userId, request, requestHash, hasOwnKey, webhookIds, end, error, createdAt, endedAt, made, isTold } =
    document;
  return {
    taskId: _id,
    userId,
    request,
    requestHash,
    hasOwnKey: hasOwnKey ?? false,
    webhookIds: webhookIds ?? [],
    end: end ?? null,
    error: error ?? null,
    createdAt,
    endedAt: endedAt ?? null,
    made: made ?? null,
    isTold: isTold ?? false,
  };
}
