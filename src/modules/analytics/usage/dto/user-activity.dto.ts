import { ApiProperty, ApiPropertyOptional, getSchemaPath, type ApiBodyOptions } from '@nestjs/swagger';
import { MAX_ROWS } from '../ingest/recorded-rows.js';

export const TIMESTAMP = {
  oneOf: [{ type: 'string' }, { type: 'number' }],
  example: '2025-11-14T10:00:00Z',
  description:
    'ISO 8601 (without an offset: UTC) or epoch milliseconds; default: now. More than a day ahead counts as now; what is ' +
    'older than the retention of raw rows is refused.',
};

/** For the documentation alone: rows are judged one by one, not by this class. */
export class UserActivityDto {
  @ApiProperty({ example: 'user123', minLength: 1, maxLength: 256 })
  user_id: string;

  @ApiProperty({
    example: 'login',
    minLength: 1,
    maxLength: 100,
    description: '`login`, `registration` (also `register`, `signup`), `logout`, or anything else.',
  })
  action: string;

  @ApiPropertyOptional({
    example: '192.168.1.1',
    description: 'Only its network is stored (/24, IPv6 /48) unless the server is told otherwise.',
  })
  ip_address?: string;

  @ApiPropertyOptional({
    example: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
    description: 'Cut after 512 characters.',
  })
  user_agent?: string;

  @ApiPropertyOptional(TIMESTAMP)
  timestamp?: string | number;

  @ApiPropertyOptional({ example: 'session-7', maxLength: 256, description: 'Another one begins another session.' })
  session_id?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { plan: 'pro' },
    description: 'At most 10 levels, 100 keys a level and 32 KB.',
  })
  metadata?: Record<string, unknown>;

  @ApiPropertyOptional({ example: '0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11', maxLength: 256, description: 'Stored once.' })
  event_id?: string;
}

export const USER_ACTIVITY_BODY: ApiBodyOptions = {
  schema: {
    oneOf: [
      { $ref: getSchemaPath(UserActivityDto) },
      { type: 'array', maxItems: MAX_ROWS, items: { $ref: getSchemaPath(UserActivityDto) } },
    ],
  },
  examples: {
    one: {
      summary: 'A login',
      value: {
        user_id: 'user123',
        action: 'login',
        ip_address: '192.168.1.1',
        user_agent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)',
      },
    },
    many: {
      summary: 'Several, each stored once',
      value: [
        { user_id: 'user123', action: 'signup', timestamp: '2025-11-14T09:58:00Z', event_id: 'a-1' },
        { user_id: 'user123', action: 'login', timestamp: '2025-11-14T10:00:00Z', event_id: 'a-2', session_id: 's-7' },
      ],
    },
  },
};
