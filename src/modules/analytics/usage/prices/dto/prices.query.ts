import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';

export class PricesQuery {
  @ApiPropertyOptional({
    example: 'gpt-4.1-mini-2025-04-14',
    description: 'Answers the one model that calls of this name are priced as; none when it is unknown.',
  })
  @IsOptional()
  @IsString({ message: 'model must be text' })
  @MaxLength(200, { message: 'model must have at most 200 characters' })
  model?: string;
}
