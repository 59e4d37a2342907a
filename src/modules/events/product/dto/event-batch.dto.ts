import { ApiProperty, ApiPropertyOptional, type ApiBodyOptions } from '@nestjs/swagger';

/** For the documentation alone: events are judged one by one, not by this class. */
export class EventDto {
  @ApiProperty({ example: 'purchase_success', minLength: 1, maxLength: 200 })
  eventName: string;

  @ApiProperty({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '2025-01-06T10:05:00Z',
    description:
      'ISO 8601 (without an offset: UTC) or epoch milliseconds. Text that cannot be read is kept, and the event has no time.',
  })
  timestamp: string | number;

  @ApiPropertyOptional({ example: 'anon-1', maxLength: 256 })
  anonymousId?: string;

  @ApiPropertyOptional({ example: 'user-123', maxLength: 256 })
  userId?: string;

  @ApiPropertyOptional({ example: 'session-7', maxLength: 256 })
  sessionId?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { plan: 'pro', price: 9.9 },
    description: 'At most 10 levels, 100 keys a level and 32 KB.',
  })
  properties?: Record<string, unknown>;

  @ApiPropertyOptional({
    example: '0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11',
    maxLength: 256,
    description: 'Stored once per project.',
  })
  eventId?: string;

  @ApiPropertyOptional({ example: 'checkout', maxLength: 128 })
  processName?: string;

  @ApiPropertyOptional({ example: 'checkout-42', maxLength: 256, description: 'Needs processName and processStep.' })
  processId?: string;

  @ApiPropertyOptional({ enum: ['START', 'END'], example: 'END' })
  processStep?: 'START' | 'END';
}

export class EventBatchDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: [EventDto], minItems: 1, maxItems: 5000 })
  events: EventDto[];

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '2025-01-06T10:05:01Z',
    description:
      "When the client sends the batch, by the same clock as the events' timestamps: corrects a wrong clock.",
  })
  sentAt?: string | number;
}

export const EVENT_BATCH_BODY: ApiBodyOptions = {
  type: EventBatchDto,
  examples: {
    events: {
      summary: 'A visitor who signs in',
      value: {
        projectKey: 'a1b2c3d4e5f6',
        events: [
          { eventName: 'app_open', timestamp: '2025-01-06T10:00:00Z', anonymousId: 'anon-1' },
          {
            eventName: 'purchase_success',
            timestamp: '2025-01-06T10:05:00Z',
            anonymousId: 'anon-1',
            userId: 'user-123',
          },
        ],
      },
    },
    mobile: {
      summary: 'With event ids, the time of sending and a process',
      value: {
        projectKey: 'a1b2c3d4e5f6',
        sentAt: '2025-01-06T10:05:01Z',
        events: [
          {
            eventName: 'checkout_started',
            timestamp: 1736157900000,
            userId: 'user-123',
            eventId: '0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11',
            processName: 'checkout',
            processId: 'checkout-42',
            processStep: 'START',
            properties: { items: 3 },
          },
        ],
      },
    },
  },
};
