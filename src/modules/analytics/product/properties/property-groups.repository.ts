import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { BY_NAME, BY_TIME, matching, type EventSelection } from '../event-selection.js';
import type { EventIds } from '../person.js';
import { propertyLabel, type Expression } from './property-expression.js';
import type { PropertyPath } from './property-filter.js';
import { ID_GROUP, idsOf, type IdGroup } from '../raw/id-groups.js';
import { batchesOf, SCAN } from '../raw/report-cursor.js';
import { beginReading } from '../raw/report-run.js';

/** By what events are grouped and counted. */
export interface GroupKeys {
  /** Values of these properties. */
  properties: readonly PropertyPath[];
  eventName?: boolean;
  /** The userId, else the anonymousId. */
  ids?: boolean;
  /** Whether one of the group's events has this name. */
  marked?: string;
  /** Steps of so many milliseconds since the epoch; only for events with a time. */
  stepMs?: number;
  /** Hours of the day, by a local clock that is so many milliseconds ahead of UTC. */
  hourAtOffset?: number;
}

/** A group; fields that were not asked for are absent. */
export interface EventGroup extends EventIds {
  /** In the order asked for, as `propertyText` takes them. */
  values: unknown[];
  eventName: string;
  /** Beginning of the step, epoch milliseconds. */
  time: number;
  hour: number;
  isMarked: boolean;
  count: number;
}

interface GroupRow {
  /** `v0`, `v1` …: the values. */
  _id: { n?: string; p?: IdGroup; t?: number; h?: number; [value: `v${number}`]: unknown };
  marked?: boolean;
  count: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** Groups events by their properties; writes nothing. */
@Injectable()
export class PropertyGroupsRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** In batches and in no order. Two groups may have values of the same text: a number and its text are two. */
  async *stream(selection: EventSelection, keys: GroupKeys): AsyncGenerator<EventGroup[]> {
    const limits = await beginReading();
    const cursor = this.connection
      .collection('events')
      .aggregate<GroupRow>([{ $match: matching(selection) }, { $group: { _id: groupId(keys), ...sumsOf(keys) } }], {
        ...SCAN,
        ...limits,
        hint: selection.names === undefined ? BY_TIME : BY_NAME,
      });
    for await (const rows of batchesOf(cursor)) yield rows.map((row) => toGroup(row, keys));
  }
}

function toGroup({ _id, count, marked }: GroupRow, { properties, stepMs }: GroupKeys): EventGroup {
  const { n: eventName = '', p: person, t: step = 0, h: hour = 0 } = _id;
  return {
    values: properties.map((_, i) => _id[`v${i}`]),
    eventName,
    ...idsOf(person),
    time: step * (stepMs ?? 0),
    hour,
    isMarked: marked === true,
    count,
  };
}

function sumsOf({ marked }: GroupKeys): Record<string, Expression> {
  return {
    count: { $sum: 1 },
    ...(marked !== undefined && { marked: { $max: { $eq: ['$eventName', { $literal: marked }] } } }),
  };
}

function groupId(keys: GroupKeys): Record<string, Expression> {
  const { properties, eventName, ids, stepMs, hourAtOffset } = keys;
  const millisecond = { $toLong: '$timestamp' };
  return {
    ...Object.fromEntries(properties.map((path, i) => [`v${i}`, propertyLabel(path)])),
    ...(eventName === true && { n: '$eventName' }),
    ...(ids === true && { p: ID_GROUP }),
    ...(stepMs !== undefined && stepMs > 0 && { t: { $floor: { $divide: [millisecond, stepMs] } } }),
    ...(hourAtOffset !== undefined && { h: hourOf({ $add: [millisecond, hourAtOffset] }) }),
  };
}

/** Hour of a local time in milliseconds, which is negative before 1970. */
function hourOf(local: Expression): Expression {
  const sinceMidnight = { $mod: [{ $add: [{ $mod: [local, DAY_MS] }, DAY_MS] }, DAY_MS] };
  return { $floor: { $divide: [sinceMidnight, HOUR_MS] } };
}
