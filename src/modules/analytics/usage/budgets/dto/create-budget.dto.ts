import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsNumber,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { IsTimeZone } from '../../../../../common/time/time-zone.js';
import type { SpendScope } from '../../usage-spend.service.js';
import type { BudgetPeriodKind } from '../budget-row.js';

export const SCOPES = ['all', 'user', 'project', 'model'] as const satisfies readonly SpendScope[];
export const PERIODS = ['day', 'month'] as const satisfies readonly BudgetPeriodKind[];

// Whole nano-dollars are exact up to here, and six decimals of a dollar are whole nano-dollars.
const MAX_LIMIT_USD = 9_000_000;
const MIN_LIMIT_USD = 0.000001;

/** What a PATCH may change as well. */
export class BudgetSettingsDto {
  @ApiProperty({ example: 50, minimum: MIN_LIMIT_USD, maximum: MAX_LIMIT_USD, description: 'At most six decimals.' })
  @Max(MAX_LIMIT_USD, { message: `limit_usd must be at most ${MAX_LIMIT_USD}` })
  @Min(MIN_LIMIT_USD, { message: 'limit_usd must be more than 0' })
  @IsNumber(
    { allowNaN: false, allowInfinity: false, maxDecimalPlaces: 6 },
    { message: 'limit_usd must be a number with at most six decimals' },
  )
  limit_usd: number;

  @ApiPropertyOptional({
    type: [Number],
    example: [80, 100],
    default: [80, 100],
    description: 'Percent of the limit, 1 to 10 whole numbers from 1 to 1000. Each is told of once in a period.',
  })
  @IsOptional()
  @Max(1000, { each: true, message: 'each threshold must be from 1 to 1000' })
  @Min(1, { each: true, message: 'each threshold must be from 1 to 1000' })
  @IsInt({ each: true, message: 'each threshold must be a whole number of percent' })
  @ArrayUnique({ message: 'thresholds must differ' })
  @ArrayMaxSize(10, { message: 'thresholds must have 1 to 10 numbers' })
  @ArrayMinSize(1, { message: 'thresholds must have 1 to 10 numbers' })
  @IsArray({ message: 'thresholds must be a list of numbers' })
  thresholds?: number[];

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'https://hooks.example.com/almanac',
    description:
      'Where `budget.threshold` messages go, signed as all webhooks are. Absent or null: to your webhook endpoints that ' +
      'want them.',
  })
  @ValidateIf((dto: BudgetSettingsDto) => dto.webhook_url !== null && dto.webhook_url !== undefined)
  @Matches(/^https?:\/\/\S+$/, { message: 'webhook_url must be an http or https address' })
  @MaxLength(2000, { message: 'webhook_url must have at most 2000 characters' })
  @IsString({ message: 'webhook_url must be text' })
  webhook_url?: string | null;

  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: 'The zone of its days and months. Absent: that of your settings, else UTC.',
  })
  @IsOptional()
  @IsTimeZone()
  tz?: string;
}

export class CreateBudgetDto extends BudgetSettingsDto {
  @ApiProperty({ enum: SCOPES, example: 'model', description: 'Which AI calls count.' })
  @IsIn(SCOPES, { message: `scope must be one of ${SCOPES.join(', ')}` })
  scope: SpendScope;

  @ApiPropertyOptional({
    example: 'gpt-4.1-mini',
    description:
      'The `user_id`, `project` or `model_used` of the calls that count, letter for letter; not with scope `all`.',
  })
  @ValidateIf((dto: CreateBudgetDto) => dto.scope !== 'all' || (dto.id !== undefined && dto.id !== null))
  @Length(1, 256, { message: 'id must have 1 to 256 characters' })
  @IsString({ message: 'id must be text, unless scope is all' })
  id?: string;

  @ApiProperty({ enum: PERIODS, example: 'month', description: 'Of the calendar of `tz`.' })
  @IsIn(PERIODS, { message: `period must be one of ${PERIODS.join(', ')}` })
  period: BudgetPeriodKind;
}
