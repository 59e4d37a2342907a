import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { throwFirst, WriteCommands } from '../../../infra/mongo/write-commands.js';
import type { FieldType } from '../line-protocol/field-type.js';

const COLLECTION = 'activity_fields';
const DUPLICATE_KEY = 11000;
const PER_COMMAND = 2000;

export interface StoredField {
  /** Id of the organization. */
  org: string;
  measurement: string;
  field: string;
}

interface FieldDocument extends StoredField {
  _id: mongo.Binary;
  type: number;
}

@Injectable()
export class ActivityFieldsRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** In the order of the question; undefined: has no type yet. */
  async findTypes(fields: readonly StoredField[]): Promise<(FieldType | undefined)[]> {
    const found = new Map<string, FieldType>();
    const ids = fields.map(keyOf);
    for (let start = 0; start < ids.length; start += PER_COMMAND) {
      const some = ids.slice(start, start + PER_COMMAND).map((id) => new mongo.Binary(id));
      const rows = await this.commands.limited((signal) =>
        this.fields.find({ _id: { $in: some } }, { projection: { type: 1 }, batchSize: PER_COMMAND, signal }).toArray(),
      );
      for (const { _id, type } of rows) found.set(_id.toString('hex'), type as FieldType);
    }
    return ids.map((id) => found.get(id.toString('hex')));
  }

  /** Gives fields their types, unless they have one. Durable when it resolves. */
  async insert(fields: readonly (StoredField & { type: FieldType })[]): Promise<void> {
    for (let start = 0; start < fields.length; start += PER_COMMAND) {
      const documents = fields.slice(start, start + PER_COMMAND).map((one) => {
        const { org, measurement, field, type } = one;
        return { _id: new mongo.Binary(keyOf(one)), org, measurement, field, type };
      });
      const insert = { insert: COLLECTION, documents, ordered: false, writeConcern: this.commands.durable };
      throwFirst((await this.commands.run(insert)).filter(({ code }) => code !== DUPLICATE_KEY));
    }
  }

  /** How many fields measurements of an organization have, by measurement; those without any are absent. */
  async count(org: string, measurements: readonly string[]): Promise<Map<string, number>> {
    const counts = new Map<string, number>();
    for (let start = 0; start < measurements.length; start += PER_COMMAND) {
      const match = { org, measurement: { $in: measurements.slice(start, start + PER_COMMAND) } };
      const rows = await this.commands.limited((signal) =>
        this.fields
          .aggregate<{ _id: string; fields: number }>(
            [{ $match: match }, { $group: { _id: '$measurement', fields: { $sum: 1 } } }],
            { batchSize: PER_COMMAND, signal },
          )
          .toArray(),
      );
      for (const { _id, fields } of rows) counts.set(_id, fields);
    }
    return counts;
  }

  async deleteOfOrg(org: string): Promise<void> {
    const deletes = [{ q: { org }, limit: 0 }];
    await this.commands.count({ delete: COLLECTION, deletes, writeConcern: this.commands.durable });
  }

  private get fields() {
    return this.commands.database.collection<FieldDocument>(COLLECTION);
  }
}

function keyOf({ org, measurement, field }: StoredField): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([org, measurement, field]))
    .digest()
    .subarray(0, 16);
}
