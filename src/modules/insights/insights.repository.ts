import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import { mongo, type HydratedDocument, type Model } from 'mongoose';
import type { InsightRow, InsightSubject } from './insight-row.js';
import { INSIGHT_MODEL, type InsightDocument } from './insight.schema.js';

const DUPLICATE_KEY = 11000;

@Injectable()
export class InsightsRepository {
  constructor(@InjectModel(INSIGHT_MODEL) private readonly insights: Model<InsightDocument>) {}

  async find(userId: string, { kind, from, to, timeZone }: InsightSubject): Promise<InsightRow | null> {
    const document = await this.insights.findOne({ userId, kind, from, to, timeZone }).lean();
    return document === null ? null : toRow(document);
  }

  /** In place of what there was about the same subject. */
  async save(userId: string, insight: Omit<InsightRow, 'id' | 'userId'>): Promise<void> {
    const { kind, from, to, timeZone, ...rest } = insight;
    const replace = (): Promise<unknown> =>
      this.insights.updateOne({ userId, kind, from, to, timeZone }, { $set: rest }, { upsert: true });
    try {
      await replace();
    } catch (error) {
      // Another replica inserted the same in this very moment.
      if (!(error instanceof mongo.MongoServerError && error.code === DUPLICATE_KEY)) throw error;
      await replace();
    }
  }

  /** The newest first. */
  async list(userId: string, limit: number): Promise<InsightRow[]> {
    const documents = await this.insights.find({ userId }).sort({ generatedAt: -1, _id: -1 }).limit(limit).lean();
    return documents.map(toRow);
  }

  /** Deletes what is stored about a subject, if it still is what was made from `key`. */
  async delete(userId: string, { kind, from, to, timeZone }: InsightSubject, key: string): Promise<void> {
    await this.insights.deleteOne({ userId, kind, from, to, timeZone, key });
  }

  /** Deletes all but the newest `kept`. */
  async deleteOldest(userId: string, kept: number): Promise<void> {
    const [last] = await this.insights
      .find({ userId }, { generatedAt: 1 })
      .sort({ generatedAt: -1, _id: -1 })
      .skip(kept)
      .limit(1)
      .lean();
    if (last !== undefined) await this.insights.deleteMany({ userId, generatedAt: { $lte: last.generatedAt } });
  }

  async deleteAll(userId: string): Promise<void> {
    await this.insights.deleteMany({ userId });
  }

  /** The oldest first. */
  async *stream(userId: string): AsyncGenerator<InsightRow> {
    const cursor = this.insights.find({ userId }).sort({ generatedAt: 1, _id: 1 }).lean().cursor();
    for await (const document of cursor) yield toRow(document);
  }
}

type StoredInsight = Pick<HydratedDocument<InsightDocument>, '_id'> & InsightDocument;

function toRow(document: StoredInsight): InsightRow {
  const { _id, userId, kind, from, to, timeZone, key, freshUntil, insights, model, generatedAt } = document;
  return {
    id: _id.toHexString(),
    userId,
    kind: kind as InsightRow['kind'],
    from,
    to,
    timeZone,
    key,
    freshUntil: freshUntil ?? null,
    insights: insights.map(({ type, content }) => ({ type: type as InsightRow['insights'][number]['type'], content })),
    model: model ?? null,
    generatedAt,
  };
}
