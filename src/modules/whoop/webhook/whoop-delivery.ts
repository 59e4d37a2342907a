import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { VendorRecord, VendorRecordError } from '../records/vendor-record.js';

const TYPE = /^(workout|sleep|recovery)\.(updated|deleted)$/;

/** Something that happened to a record of a member. */
export interface WhoopDelivery {
  userId: string;
  /** UUID of the workout or sleep; of a recovery: of its sleep. */
  recordId: string;
  traceId: string;
  /** Null: a type that is new to us. */
  event: { record: 'workout' | 'sleep' | 'recovery'; change: 'updated' | 'deleted' } | null;
}

/** @throws InvalidInputError for what is no delivery although it is signed */
export function readDelivery(body: Uint8Array): WhoopDelivery {
  try {
    const record = new VendorRecord(JSON.parse(Buffer.from(body).toString('utf8')));
    const [, kind, change] = TYPE.exec(record.text('type')) ?? [];
    return {
      userId: record.id('user_id'),
      recordId: record.id('id'),
      traceId: record.text('trace_id'),
      event: kind === undefined ? null : ({ record: kind, change } as WhoopDelivery['event']),
    };
  } catch (error) {
    if (error instanceof VendorRecordError || error instanceof SyntaxError) {
      throw new InvalidInputError('The body is not a delivery of WHOOP', undefined, 'WHOOP_DELIVERY_INVALID');
    }
    throw error;
  }
}
