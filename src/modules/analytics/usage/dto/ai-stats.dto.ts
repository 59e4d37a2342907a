import { ApiProperty } from '@nestjs/swagger';

const COST = {
  type: Number,
  nullable: true,
  example: 1.83095,
  description:
    'US dollars by the prices now in force, of the calls whose cost is known; null when there were calls and none of them ' +
    'has one. `unpriced_calls` says how many are missing.',
} as const;
const UNPRICED = {
  type: 'integer',
  example: 0,
  description: 'Calls whose model or tokens have no known price.',
} as const;
const PERCENTILE =
  'Seconds; null without calls. Off by at most 0.8 % of itself: response times are counted in buckets, and this is the ' +
  'middle of the one in which the true percentile lies.';

export class AiStatsDto {
  @ApiProperty({ type: 'integer', example: 450 })
  total_api_calls: number;

  @ApiProperty({ type: 'integer', example: 320 })
  completion_calls: number;

  @ApiProperty({ type: 'integer', example: 130 })
  embedding_calls: number;

  @ApiProperty({ type: 'integer', example: 5 })
  error_count: number;

  @ApiProperty({ example: 0.85, description: 'Seconds; 0 without calls.' })
  average_response_time: number;

  @ApiProperty({ type: 'integer', example: 24_500 })
  tokens_used: number;

  @ApiProperty({ type: Number, nullable: true, example: 0.74547, description: PERCENTILE })
  p50_response_time: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 2.113535, description: PERCENTILE })
  p95_response_time: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 3.440639, description: PERCENTILE })
  p99_response_time: number | null;

  @ApiProperty(COST)
  cost_usd: number | null;

  @ApiProperty(UNPRICED)
  unpriced_calls: number;
}

export class AiStatsDayDto extends AiStatsDto {
  @ApiProperty({ example: '2025-11-14', description: 'Local day.' })
  date: string;
}

class CallShareDto {
  @ApiProperty({ type: 'integer', example: 320 })
  total_calls: number;

  @ApiProperty({ type: 'integer', example: 20_100 })
  tokens_used: number;

  @ApiProperty({ example: 0.91, description: 'Seconds.' })
  average_response_time: number;

  @ApiProperty({ type: 'integer', example: 4 })
  error_count: number;

  @ApiProperty({ example: 0.0125, description: 'Failed calls ÷ calls.' })
  error_rate: number;

  @ApiProperty({ example: 0.711111, description: 'Of all calls of the time, from 0 to 1.' })
  share: number;

  @ApiProperty(COST)
  cost_usd: number | null;

  @ApiProperty(UNPRICED)
  unpriced_calls: number;
}

export class ModelShareDto extends CallShareDto {
  @ApiProperty({ example: 'gpt-4o', description: 'As calls name it.' })
  model: string;
}

export class UserShareDto extends CallShareDto {
  @ApiProperty({ example: 'user123' })
  user_id: string;
}

export class UnpricedModelDto {
  @ApiProperty({ example: 'acme-experimental-1', description: 'As calls name it.' })
  model: string;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'acme',
    description: 'As calls name it; null where they do not.',
  })
  provider: string | null;

  @ApiProperty({ type: 'integer', example: 42 })
  unpriced_calls: number;

  @ApiProperty({
    type: 'integer',
    example: 40,
    description: 'Of these: the price file has no price of that model and time.',
  })
  unknown_model_calls: number;

  @ApiProperty({
    type: 'integer',
    example: 2,
    description:
      'Of these: the model has a price, but the call does not say which of its tokens were input and output.',
  })
  no_split_calls: number;

  @ApiProperty({ type: 'integer', example: 61_200, description: 'Tokens of the calls without a price.' })
  tokens_used: number;
}
