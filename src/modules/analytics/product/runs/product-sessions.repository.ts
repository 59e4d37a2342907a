import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { BY_TIME, matchingTimed, type EventSelection } from '../event-selection.js';
import { ID_GROUP, idsOf, type IdGroup } from '../raw/id-groups.js';
import { batchesOf, SCAN } from '../raw/report-cursor.js';
import { beginReading } from '../raw/report-run.js';
import type { SessionPartRow, SessionRow } from './product-run-rows.js';

interface PartDocument extends SessionRow {
  _id: { s: string; p: IdGroup };
}

/** Reads sessions as clients number them; writes nothing. */
@Injectable()
export class ProductSessionsRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /**
   * The parts of the sessions of events in a time, in batches, those of one sessionId behind each other. Events without
   * a sessionId are left out.
   */
  async *streamParts(selection: EventSelection): AsyncGenerator<SessionPartRow[]> {
    const limits = await beginReading();
    const millisecond = { $toLong: '$timestamp' };
    const cursor = this.connection.collection('events').aggregate<PartDocument>(
      [
        { $match: { ...matchingTimed(selection), sessionId: { $gt: '' } } },
        {
          $group: {
            _id: { s: '$sessionId', p: ID_GROUP },
            first: { $min: millisecond },
            last: { $max: millisecond },
            events: { $sum: 1 },
          },
        },
        { $sort: { '_id.s': 1 } },
      ],
      { ...SCAN, ...limits, hint: BY_TIME },
    );
    for await (const rows of batchesOf(cursor)) {
      yield rows.map(({ _id, first, last, events }) => ({ sessionId: _id.s, ...idsOf(_id.p), first, last, events }));
    }
  }
}
