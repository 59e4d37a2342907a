import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import type { LineSink } from '../ingest/body-lines.js';
import type { PointWriter } from '../ingest/point-writer.js';
import type { WriteRights } from '../ingest/write-rights.js';
import { packPoints } from '../packing/packed-points.js';
import { endOfActivity } from './activity-end.js';
import type { ActivityInserts } from './activity-inserts.service.js';
import { FieldTypes, type FieldName, type TypeRegistry } from './field-types.js';
import type { FieldTypesService } from './field-types.service.js';
import type { PackedGroup } from './packed-group.js';
import { PointGroups, type PointGroup } from './point-groups.js';

/** Packs the points of one body and writes them into MongoDB. */
export class EmbeddedPointWriter implements PointWriter {
  private readonly types = new FieldTypes();
  private groups: PointGroups;

  constructor(
    private readonly rights: WriteRights,
    private readonly registry: FieldTypesService,
    private readonly inserts: ActivityInserts,
  ) {
    this.groups = new PointGroups(rights, this.types);
  }

  begin(): LineSink<unknown> {
    this.types.restart();
    this.groups = new PointGroups(this.rights, this.types);
    return this.groups;
  }

  async confirm(): Promise<boolean> {
    const withId = <T extends FieldName>(field: T): T => ({ ...field, org: this.rights.idOf(field.org) });
    const registry: TypeRegistry = {
      find: async (fields) => this.registry.find(fields.map(withId)),
      claim: async (fields) => this.registry.claim(fields.map(withId)),
    };
    return this.types.confirm(registry);
  }

  async store(): Promise<void> {
    const turns = new EventLoopTurns();
    let packed: PackedGroup[] = [];
    for (const group of this.groups.list()) {
      packed.push(this.pack(group));
      // What follows of the same day must come after it, also in the order of the database.
      if (group.isFull) {
        await this.inserts.write(packed);
        packed = [];
      }
      await turns.give();
    }
    await this.inserts.write(packed);
  }

  private pack({ org, user, measurement, day, points }: PointGroup): PackedGroup {
    const united = points.united();
    return {
      org: this.rights.idOf(org),
      user,
      measurement,
      day,
      end: endOfActivity(measurement, united),
      count: united.count,
      points: packPoints(united),
    };
  }
}
