import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length } from 'class-validator';
import { BreakdownQuery } from './breakdown.query.js';
import { NotSupported } from './report.query.js';

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class ConversionQuery extends BreakdownQuery {
  @ApiProperty({ example: 'purchase_success', minLength: 1, maxLength: 200 })
  @Length(1, 200, { message: 'eventName must have 1 to 200 characters' })
  @IsString({ message: 'eventName is required, once, as text' })
  eventName: string;

  @NotSupported()
  compare?: undefined;
}
