import { ApiProperty } from '@nestjs/swagger';
import type { AcceptedErasure } from '../product-persons.service.js';

export class PersonErasureDto {
  @ApiProperty({ example: 'user-123', description: 'As it was asked for.' })
  id: string;

  @ApiProperty({ enum: ['accepted'], example: 'accepted' })
  status: 'accepted';

  @ApiProperty({
    example: '2025-01-06T10:00:00.000Z',
    format: 'date-time',
    description: 'What is received later is new data and stays.',
  })
  requestedAt: string;

  static from({ id, requestedAt }: AcceptedErasure): PersonErasureDto {
    const dto = new PersonErasureDto();
    dto.id = id;
    dto.status = 'accepted';
    dto.requestedAt = requestedAt.toISOString();
    return dto;
  }
}
