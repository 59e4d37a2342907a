import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { TimeRange } from '../../../../common/time/range.js';
import { BY_TIME, matchingTimed } from '../event-selection.js';
import type { SessionRow } from './product-run-rows.js';
import { batchesOf, SCAN } from '../raw/report-cursor.js';

/** Reads sessions as clients number them; writes nothing. */
@Injectable()
export class ProductSessionsRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** The sessions of events in a time, in batches and in no order. Events without a sessionId are left out. */
  async *stream(projectKey: string, range: TimeRange): AsyncGenerator<SessionRow[]> {
    const millisecond = { $toLong: '$timestamp' };
    const cursor = this.connection.collection('events').aggregate<SessionRow>(
      [
        { $match: { ...matchingTimed({ projectKey, range }), sessionId: { $gt: '' } } },
        {
          $group: {
            _id: '$sessionId',
            first: { $min: millisecond },
            last: { $max: millisecond },
            events: { $sum: 1 },
          },
        },
        { $project: { _id: 0 } },
      ],
      { ...SCAN, hint: BY_TIME },
    );
    yield* batchesOf(cursor);
  }
}
