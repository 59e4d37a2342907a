import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { FUNNEL_MODES, type FunnelMode } from './funnel-request.dto.js';

export class FunnelStepDto {
  @ApiProperty({ example: 'purchase_success' })
  eventName: string;

  @ApiProperty({ type: 'integer', example: 6, description: 'Persons (or process runs) that came as far as this step.' })
  users: number;

  @ApiProperty({ example: 0.4, description: 'users ÷ users of step 1; 0 for nobody.' })
  conversionRate: number;

  @ApiProperty({ example: 0.25, description: '1 − users ÷ users of the step before; 0 at step 1 and after nobody.' })
  dropOff: number;

  @ApiProperty({ type: Number, nullable: true, example: 95.5, description: 'null at step 1 and for nobody.' })
  medianSecondsFromPrevious: number | null;

  @ApiProperty({
    type: 'integer',
    example: 2,
    description:
      'Of the users those at exactly this step who may still come to the next: now is not after begin + window, the ' +
      'begin being that of their latest chain that came as far. Without a window all who are at exactly this step. ' +
      '0 at the last step.',
  })
  inProgress: number;
}

export class FunnelGroupDto {
  @ApiProperty({ example: 'DE', description: '`(none)` where the event lacks the property.' })
  value: string;

  @ApiProperty({ type: [FunnelStepDto] })
  steps: FunnelStepDto[];
}

export class FunnelProcessDto {
  @ApiProperty({ type: 'integer', example: 40, description: 'Runs with a START in the range, whatever was before it.' })
  started: number;

  @ApiProperty({
    type: 'integer',
    example: 31,
    description:
      'Of them those with an END at or after the first such START; ENDs are looked for until one window after the range.',
  })
  ended: number;

  @ApiProperty({ type: 'integer', example: 7, description: 'Those without an END whose window is over.' })
  abandoned: number;

  @ApiProperty({
    type: 'integer',
    example: 2,
    description: 'Those without an END whose window is not over. Without a window in the request it is 24 hours.',
  })
  inProgress: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 48.5,
    description: 'From the first START in the range to the first END at or after it; null when no run ended.',
  })
  medianSeconds: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 312, description: '95th percentile, by nearest rank.' })
  p95Seconds: number | null;
}

export class FunnelDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ enum: FUNNEL_MODES, example: 'USER' })
  mode: FunnelMode;

  @ApiProperty({ type: [FunnelStepDto] })
  steps: FunnelStepDto[];

  @ApiPropertyOptional({
    type: [FunnelGroupDto],
    description:
      'Only with `breakdown`: the 25 values with the most persons at step 1, equal ones by value. A person belongs to ' +
      'the value of the event that fills step 1 of the reported chain (of several in one millisecond to the smallest), ' +
      'so that the groups and those not listed add up to the whole.',
  })
  breakdown?: FunnelGroupDto[];

  @ApiPropertyOptional({ type: 'integer', example: 3, description: 'Only with `breakdown`: values not listed.' })
  otherValues?: number;

  @ApiPropertyOptional({ type: FunnelProcessDto, description: 'Only for PROCESS.' })
  process?: FunnelProcessDto;
}
