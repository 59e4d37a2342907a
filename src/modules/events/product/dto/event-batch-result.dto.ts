import { ApiProperty } from '@nestjs/swagger';
import type { RejectedEvent } from '../encoding/batch-preparation.js';
import type { BatchOutcome } from '../product-events.service.js';

const MAX_REASONS = 100;

export class RejectedEventDto {
  @ApiProperty({ example: 1, description: 'Position in the batch, from 0.' })
  index: number;

  @ApiProperty({ example: 'eventName is required' })
  reason: string;

  static from(rejected: RejectedEvent): RejectedEventDto {
    const dto = new RejectedEventDto();
    dto.index = rejected.index;
    dto.reason = rejected.reason;
    return dto;
  }
}

export class EventBatchResultDto {
  @ApiProperty({ example: 3, description: 'inserted + duplicates + rejectedCount' })
  received: number;

  @ApiProperty({ example: 2 })
  inserted: number;

  @ApiProperty({ example: 0, description: 'Events that were stored before: a success.' })
  duplicates: number;

  @ApiProperty({ type: [RejectedEventDto], description: `The first ${MAX_REASONS} refused events.` })
  rejected: RejectedEventDto[];

  @ApiProperty({ example: 1, description: `All refused events, also those beyond the first ${MAX_REASONS}.` })
  rejectedCount: number;

  static from(outcome: BatchOutcome): EventBatchResultDto {
    const dto = new EventBatchResultDto();
    dto.received = outcome.received;
    dto.inserted = outcome.inserted;
    dto.duplicates = outcome.duplicates;
    dto.rejected = outcome.rejected.slice(0, MAX_REASONS).map((rejected) => RejectedEventDto.from(rejected));
    dto.rejectedCount = outcome.rejected.length;
    return dto;
  }
}
