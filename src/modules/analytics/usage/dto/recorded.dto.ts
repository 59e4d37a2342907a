import { getSchemaPath, ApiProperty, type ApiResponseOptions } from '@nestjs/swagger';
import type { BulkOutcome } from '../ingest/recorded-rows.js';
import type { SingleOutcome } from '../ingest/usage-ingest.service.js';

export class RecordedRowDto {
  @ApiProperty({ example: 'm3Zk0q5bT1yq7o2B', description: 'Sent again with its `event_id`, a row has the same id.' })
  id: string;

  @ApiProperty({ enum: ['recorded'], example: 'recorded' })
  status: 'recorded';
}

export class RejectedRowDto {
  @ApiProperty({ type: 'integer', example: 1, description: 'Position in the array, from 0.' })
  index: number;

  @ApiProperty({ example: 'user_id is required' })
  reason: string;
}

export class RecordedRowsDto {
  @ApiProperty({ type: 'integer', example: 3, description: 'inserted + duplicates + the length of rejected' })
  received: number;

  @ApiProperty({ type: 'integer', example: 2 })
  inserted: number;

  @ApiProperty({ type: 'integer', example: 0, description: 'Rows whose `event_id` was stored before: a success.' })
  duplicates: number;

  @ApiProperty({ type: [RejectedRowDto] })
  rejected: RejectedRowDto[];
}

/** The answer to one row, or to an array of them. */
export function recordedDto(outcome: SingleOutcome | BulkOutcome): RecordedRowDto | RecordedRowsDto {
  if ('id' in outcome) return { id: outcome.id, status: 'recorded' };
  const { received, inserted, duplicates, rejected } = outcome;
  return { received, inserted, duplicates, rejected: rejected.map(({ index, reason }) => ({ index, reason })) };
}

export const RECORDED: ApiResponseOptions = {
  description: 'An object for one row, counts for an array.',
  schema: { oneOf: [{ $ref: getSchemaPath(RecordedRowDto) }, { $ref: getSchemaPath(RecordedRowsDto) }] },
};
