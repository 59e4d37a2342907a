import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { BY_TIME, matchingTimed, type EventSelection } from '../event-selection.js';
import type { ProcessStepRow } from './product-run-rows.js';
import { BATCH_SIZE, batchesOf } from '../raw/report-cursor.js';
import { beginReading } from '../raw/report-run.js';

/** Reads the runs of processes; writes nothing. */
@Injectable()
export class ProductProcessRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** The steps of one process's runs that have a time, by time, in batches. The selection names the process. */
  async *streamSteps(selection: EventSelection): AsyncGenerator<ProcessStepRow[]> {
    const limits = await beginReading();
    const cursor = this.connection.collection('events').find<ProcessStepRow>(
      { ...matchingTimed(selection), processStep: { $in: ['START', 'END'] } },
      {
        ...limits,
        hint: BY_TIME,
        sort: { timestamp: 1 },
        batchSize: BATCH_SIZE,
        projection: { _id: 0, timestamp: 1, processId: 1, processStep: 1 },
      },
    );
    yield* batchesOf(cursor);
  }
}
