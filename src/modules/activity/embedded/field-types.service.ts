import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { FieldType } from '../line-protocol/field-type.js';
import { ActivityFieldsRepository, type StoredField } from './activity-fields.repository.js';
import { NO_MORE_FIELDS, type KnownType } from './field-types.js';

const MAX_MEASUREMENTS = 5000;
/** Each is a column in every document of its measurement. */
const MAX_FIELDS = 1000;

/** The types of fields, which never change once they are given, so that they may be remembered. */
@Injectable()
export class FieldTypesService {
  private readonly measurements = new LRUCache<string, Map<string, FieldType>>({ max: MAX_MEASUREMENTS });

  constructor(private readonly fields: ActivityFieldsRepository) {}

  /** In the order of the question; undefined: has no type yet. `org`: its id. */
  async find(wanted: readonly StoredField[]): Promise<(FieldType | undefined)[]> {
    const types = wanted.map((field) => this.cacheOf(field).get(field.field));
    const missing = wanted.flatMap((field, index) => (types[index] === undefined ? [{ field, index }] : []));
    if (missing.length === 0) return types;
    const found = await this.fields.findTypes(missing.map(({ field }) => field));
    for (const [position, { field, index }] of missing.entries()) {
      const type = found[position];
      if (type === undefined) continue;
      types[index] = type;
      this.cacheOf(field).set(field.field, type);
    }
    return types;
  }

  /** In the order of the question: the types that the fields have now. */
  async claim(wanted: readonly (StoredField & { type: FieldType })[]): Promise<KnownType[]> {
    const free = await this.countFree(wanted);
    const granted = wanted.filter((one) => {
      const key = measurementKey(one);
      const left = free.get(key)!;
      free.set(key, left - 1);
      return left > 0;
    });
    await this.fields.insert(granted);
    return (await this.find(wanted)).map((type) => type ?? NO_MORE_FIELDS);
  }

  private async countFree(wanted: readonly StoredField[]): Promise<Map<string, number>> {
    const byOrg = new Map<string, Set<string>>();
    for (const { org, measurement } of wanted) {
      const measurements = byOrg.get(org) ?? new Set();
      byOrg.set(org, measurements.add(measurement));
    }
    const free = new Map<string, number>();
    for (const [org, measurements] of byOrg) {
      const counts = await this.fields.count(org, [...measurements]);
      for (const measurement of measurements) {
        free.set(measurementKey({ org, measurement }), MAX_FIELDS - (counts.get(measurement) ?? 0));
      }
    }
    return free;
  }

  private cacheOf(field: StoredField): Map<string, FieldType> {
    const key = measurementKey(field);
    let types = this.measurements.get(key);
    if (types === undefined) this.measurements.set(key, (types = new Map<string, FieldType>()));
    return types;
  }
}

function measurementKey({ org, measurement }: Omit<StoredField, 'field'>): string {
  return `${org}\0${measurement}`;
}
