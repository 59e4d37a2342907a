import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { MESSAGE_TYPES, type MessageType } from '../message-mapping.js';

/** These classes are for the documentation alone: messages are judged one by one, not by them. */
export class SegmentMessageDto {
  @ApiPropertyOptional({ example: 'user-123', maxLength: 256 })
  userId?: string;

  @ApiPropertyOptional({ example: 'anon-1', maxLength: 256 })
  anonymousId?: string;

  @ApiPropertyOptional({
    example: '022bb90c-bbac-11e4-8dfc-aa07a5b093db',
    maxLength: 256,
    description: 'Stored once per project. The libraries write it by themselves.',
  })
  messageId?: string;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '2025-01-06T10:05:00.000Z',
    description: 'ISO 8601 or epoch milliseconds; without it the message happens when it is sent.',
  })
  timestamp?: string | number;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '2025-01-06T10:05:00.000Z',
    description: 'By the clock of the device; stands in place of `timestamp` where there is a `sentAt`.',
  })
  originalTimestamp?: string | number;

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '2025-01-06T10:05:01.000Z',
    description: 'When the client sends this, by the same clock: corrects a wrong one.',
  })
  sentAt?: string | number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { page: { path: '/pricing', title: 'Pricing' }, campaign: { source: 'newsletter' } },
  })
  context?: Record<string, unknown>;
}

/** A message with a route of its own. */
export class SingleMessageDto extends SegmentMessageDto {
  @ApiPropertyOptional({
    example: 'a1b2c3d4e5f6',
    description: 'The project key, where it is not the Basic user name.',
  })
  writeKey?: string;
}

export class TrackMessageDto extends SingleMessageDto {
  @ApiProperty({ example: 'Order Completed', minLength: 1, maxLength: 200 })
  event: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { revenue: 14.99 },
    description: 'At most 10 levels, 100 keys a level and 32 KB.',
  })
  properties?: Record<string, unknown>;
}

export class IdentifyMessageDto extends SingleMessageDto {
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { plan: 'pro' } })
  traits?: Record<string, unknown>;
}

export class ViewMessageDto extends SingleMessageDto {
  @ApiPropertyOptional({ example: 'Pricing' })
  name?: string;

  @ApiPropertyOptional({ example: 'Docs' })
  category?: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { path: '/pricing' } })
  properties?: Record<string, unknown>;
}

export class GroupMessageDto extends SingleMessageDto {
  @ApiProperty({ example: 'team-9', maxLength: 256 })
  groupId: string;

  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { industry: 'Technology' } })
  traits?: Record<string, unknown>;
}

export class AliasMessageDto extends SingleMessageDto {
  @ApiProperty({ example: 'anon-1', maxLength: 256 })
  previousId: string;

  @ApiProperty({ example: 'user-123', maxLength: 256 })
  declare userId: string;
}

/** A message of a batch: the fields of its type. */
export class BatchMessageDto extends SegmentMessageDto {
  @ApiProperty({ enum: MESSAGE_TYPES, example: 'track' })
  type: MessageType;

  @ApiPropertyOptional({ example: 'Order Completed', minLength: 1, maxLength: 200, description: 'Of `track`.' })
  event?: string;

  @ApiPropertyOptional({ example: 'Pricing', description: 'Of `page` and `screen`.' })
  name?: string;

  @ApiPropertyOptional({ example: 'Docs', description: 'Of `page` and `screen`.' })
  category?: string;

  @ApiPropertyOptional({ example: 'team-9', maxLength: 256, description: 'Of `group`.' })
  groupId?: string;

  @ApiPropertyOptional({ example: 'anon-1', maxLength: 256, description: 'Of `alias`.' })
  previousId?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { revenue: 14.99 },
    description: 'Of `track`, `page` and `screen`.',
  })
  properties?: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { plan: 'pro' },
    description: 'Of `identify` and `group`.',
  })
  traits?: Record<string, unknown>;
}

export class SegmentBatchDto {
  @ApiPropertyOptional({
    example: 'a1b2c3d4e5f6',
    description: 'The project key, where it is not the Basic user name.',
  })
  writeKey?: string;

  @ApiProperty({ type: [BatchMessageDto], maxItems: 5000 })
  batch: BatchMessageDto[];

  @ApiPropertyOptional({
    oneOf: [{ type: 'string' }, { type: 'number' }],
    example: '2025-01-06T10:05:01.000Z',
    description: "When the client sends the batch, by the same clock as the messages' times: corrects a wrong one.",
  })
  sentAt?: string | number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { app: { name: 'Shop', version: '2.1.0' } },
    description: "For all messages; a message's own wins.",
  })
  context?: Record<string, unknown>;
}
