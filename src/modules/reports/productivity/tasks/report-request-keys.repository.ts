import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { REPORT_REQUEST_KEY_MODEL, type ReportRequestKeyDocument } from './report-task.schema.js';

const DUPLICATE_KEY = 11000;

export type RequestKeyRow = Omit<ReportRequestKeyDocument, '_id'>;
export type KeptAnswer = NonNullable<ReportRequestKeyDocument['answer']>;

@Injectable()
export class ReportRequestKeysRepository {
  constructor(@InjectModel(REPORT_REQUEST_KEY_MODEL) private readonly keys: Model<ReportRequestKeyDocument>) {}

  /** The row of this key: the given one, or the one that was there and is younger than `notBefore`. */
  async claim(id: string, row: RequestKeyRow, notBefore: Date): Promise<{ isNew: boolean; row: RequestKeyRow }> {
    await this.keys.deleteOne({ _id: id, createdAt: { $lt: notBefore } });
    try {
      await this.keys.create([{ _id: id, ...row }]);
      return { isNew: true, row };
    } catch (error) {
      if ((error as { code?: unknown }).code !== DUPLICATE_KEY) throw error;
      const known = await this.keys.findOne({ _id: id }).lean<ReportRequestKeyDocument>();
      return known === null ? this.claim(id, row, notBefore) : { isNew: false, row: known };
    }
  }

  /** The first answer stays; it is what this returns. */
  async keepAnswer(id: string, answer: KeptAnswer): Promise<KeptAnswer> {
    await this.keys.updateOne({ _id: id, answer: { $exists: false } }, { $set: { answer } });
    const kept = await this.keys.findOne({ _id: id }).lean<ReportRequestKeyDocument>();
    return kept?.answer ?? answer;
  }

  async deleteBefore(time: Date): Promise<void> {
    await this.keys.deleteMany({ createdAt: { $lt: time } });
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.keys.deleteMany({ userId });
  }
}
