import { Injectable } from '@nestjs/common';
import { InjectModel } from '@nestjs/mongoose';
import type { Model } from 'mongoose';
import { REPORT_PART_MODEL, type ReportPartDocument } from './report-task.schema.js';

/** The texts of reports, in compressed pieces. Pieces of one run never mix with those of another: they carry its token. */
@Injectable()
export class ReportPartsRepository {
  constructor(@InjectModel(REPORT_PART_MODEL) private readonly parts: Model<ReportPartDocument>) {}

  /** The same piece again takes its place. */
  async put(piece: ReportPartDocument): Promise<void> {
    const { taskId, fencingToken, part, userId, data } = piece;
    await this.parts.updateOne({ taskId, fencingToken, part }, { $set: { userId, data } }, { upsert: true });
  }

  /** The pieces in their order, one at a time. */
  async *read(taskId: string, fencingToken: number, parts: number): AsyncGenerator<Buffer> {
    for (let part = 0; part < parts; part++) {
      const document = await this.parts
        .findOne({ taskId, fencingToken, part }, { data: 1, _id: 0 })
        .lean<{ data: { buffer: Uint8Array } | Buffer }>();
      if (document === null) throw new Error(`Part ${part} of report ${taskId} is missing`);
      const { data } = document;
      yield Buffer.isBuffer(data) ? data : Buffer.from(data.buffer);
    }
  }

  /** What other runs have left of this task, or all of it. */
  async delete(taskId: string, exceptToken?: number): Promise<void> {
    await this.parts.deleteMany(
      exceptToken === undefined ? { taskId } : { taskId, fencingToken: { $ne: exceptToken } },
    );
  }

  async deleteRun(taskId: string, fencingToken: number): Promise<void> {
    await this.parts.deleteMany({ taskId, fencingToken });
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.parts.deleteMany({ userId });
  }
}
