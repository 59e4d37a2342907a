import { ApiProperty, ApiPropertyOptional, getSchemaPath, type ApiBodyOptions } from '@nestjs/swagger';
import { MAX_ROWS } from '../ingest/recorded-rows.js';
import { TIMESTAMP } from './user-activity.dto.js';

const COUNT = { type: 'integer', minimum: 0, maximum: 1_000_000_000 } as const;

/** For the documentation alone: rows are judged one by one, not by this class. */
export class AiCallDto {
  @ApiProperty({ example: 'user123', minLength: 1, maxLength: 256 })
  user_id: string;

  @ApiProperty({ example: 'gpt-4', minLength: 1, maxLength: 200 })
  model_used: string;

  @ApiProperty({
    example: 'completion',
    minLength: 1,
    maxLength: 100,
    description: '`completion`, `embedding`, or anything else.',
  })
  call_type: string;

  @ApiProperty({ example: 0.75, minimum: 0, maximum: 86_400, description: 'Seconds.' })
  response_time: number;

  @ApiProperty({
    ...COUNT,
    example: 320,
    description: 'All tokens of the call. May be left out when `input_tokens` or `output_tokens` is given.',
  })
  tokens: number;

  @ApiProperty({ example: true })
  success: boolean;

  @ApiPropertyOptional({ example: 'rate_limited', description: 'Cut after 500 characters.' })
  error?: string;

  @ApiPropertyOptional({ ...COUNT, example: 200, description: 'Cached tokens included.' })
  input_tokens?: number;

  @ApiPropertyOptional({ ...COUNT, example: 0, description: 'The part of `input_tokens` that came from a cache.' })
  cached_input_tokens?: number;

  @ApiPropertyOptional({ ...COUNT, example: 120 })
  output_tokens?: number;

  @ApiPropertyOptional({ ...COUNT, example: 0 })
  reasoning_tokens?: number;

  @ApiPropertyOptional(TIMESTAMP)
  timestamp?: string | number;

  @ApiPropertyOptional({ example: 'openai', maxLength: 200 })
  provider?: string;

  @ApiPropertyOptional({ example: 'shop', maxLength: 200, description: 'Whom the cost is put down to.' })
  project?: string;

  @ApiPropertyOptional({ example: '7c1d2f0e-6f0f-4a57-9d0e-2f3b3c5d8a12', maxLength: 256, description: 'Stored once.' })
  event_id?: string;
}

export const AI_CALL_BODY: ApiBodyOptions = {
  schema: {
    oneOf: [
      { $ref: getSchemaPath(AiCallDto) },
      { type: 'array', maxItems: MAX_ROWS, items: { $ref: getSchemaPath(AiCallDto) } },
    ],
  },
  examples: {
    one: {
      summary: 'A completion',
      value: {
        user_id: 'user123',
        model_used: 'gpt-4',
        call_type: 'completion',
        response_time: 0.75,
        tokens: 320,
        success: true,
      },
    },
    priced: {
      summary: 'With what is needed for its cost',
      value: {
        user_id: 'user123',
        model_used: 'gpt-4o',
        provider: 'openai',
        project: 'shop',
        call_type: 'completion',
        response_time: 1.4,
        tokens: 62_608,
        input_tokens: 62_394,
        cached_input_tokens: 60_024,
        output_tokens: 214,
        success: true,
        timestamp: '2025-11-14T10:00:00Z',
        event_id: 'c-1',
      },
    },
    many: {
      summary: 'Several',
      value: [
        {
          user_id: 'user123',
          model_used: 'text-embedding-3-small',
          call_type: 'embedding',
          response_time: 0.08,
          tokens: 512,
          success: true,
        },
        {
          user_id: 'user456',
          model_used: 'gpt-4',
          call_type: 'completion',
          response_time: 3.2,
          tokens: 0,
          success: false,
          error: 'timeout',
        },
      ],
    },
  },
};
