import { ApiProperty } from '@nestjs/swagger';
import { EventBatchResultDto } from '../../product/dto/event-batch-result.dto.js';
import type { BatchOutcome } from '../../product/product-events.service.js';

export class SegmentResultDto extends EventBatchResultDto {
  @ApiProperty({ example: true, description: 'Always: the request is not to be sent again.' })
  success: boolean;

  static override from(outcome: BatchOutcome): SegmentResultDto {
    const dto = new SegmentResultDto();
    dto.success = true;
    return Object.assign(dto, EventBatchResultDto.from(outcome));
  }
}
