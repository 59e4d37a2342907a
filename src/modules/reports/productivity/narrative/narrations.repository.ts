import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { NARRATION_MODEL, type NarrationDocument } from './narration.schema.js';

/** Texts by the name of their field. */
export type KeptFields = Record<string, string>;

/** What models wrote lately, so that a report that is made again does not pay for the same words again. */
@Injectable()
export class NarrationsRepository {
  constructor(@InjectModel(NARRATION_MODEL) private readonly narrations: Model<NarrationDocument>) {}

  /** @param key a hash of all that was asked. */
  async find(userId: string | null, key: string): Promise<KeptFields | null> {
    const document = await this.narrations.findById(idOf(userId, key)).lean();
    return document === null ? null : (document.fields as unknown as KeptFields);
  }

  async keep(userId: string | null, key: string, fields: KeptFields, now: Date): Promise<void> {
    await this.narrations.updateOne(
      { _id: idOf(userId, key) },
      { $set: { userId: userId ?? undefined, fields, createdAt: now } },
      { upsert: true },
    );
  }

  async deleteOlderThan(instant: Date): Promise<number> {
    return (await this.narrations.deleteMany({ createdAt: { $lt: instant } })).deletedCount;
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.narrations.deleteMany({ userId });
  }
}

function idOf(userId: string | null, key: string): string {
  return `${userId ?? ''}:${key}`;
}
