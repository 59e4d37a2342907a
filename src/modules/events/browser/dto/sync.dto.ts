import { ApiProperty, ApiPropertyOptional, type ApiBodyOptions } from '@nestjs/swagger';
import { MAX_SYNC_EVENTS, type RejectedEvent, type SyncOutcome } from '../browser-sync.service.js';

/** For the documentation alone, as the others of a sync's body: events are judged one by one, not by this class. */
export class EventPayloadDto {
  @ApiPropertyOptional({ example: 'TAB_ACTIVATED' })
  type?: string;

  @ApiPropertyOptional({ example: 1736758800000 })
  ts?: number;

  @ApiPropertyOptional({ type: Number, nullable: true, example: 12 })
  tabId?: number | null;

  @ApiPropertyOptional({
    type: Number,
    nullable: true,
    example: 1,
    description: 'Of WINDOW_FOCUS_CHANGED: -1 when no window of the browser has the focus.',
  })
  windowId?: number | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'https://github.com/almanac' })
  url?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'almanac · GitHub' })
  title?: string | null;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'active',
    description: 'Of IDLE_STATE_CHANGED: active, idle or locked.',
  })
  state?: string | null;

  @ApiPropertyOptional({
    example: 'laptop',
    description: "Tells a person's browsers apart; also `device_id`, `clientId` or `client_id`.",
  })
  deviceId?: string;

  @ApiPropertyOptional({ example: false, description: '`true`: the event is not stored.' })
  incognito?: boolean;
}

export class SyncEventDto {
  @ApiProperty({
    example: '0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11',
    maxLength: 128,
    description: 'Stored once per user.',
  })
  _id: string;

  @ApiPropertyOptional({ example: 1 })
  v?: number;

  @ApiProperty({
    example: 'TAB_ACTIVATED',
    maxLength: 64,
    description:
      'TAB_ACTIVATED, TAB_UPDATED, TAB_CREATED, TAB_REMOVED, WINDOW_FOCUS_CHANGED or IDLE_STATE_CHANGED; others are kept.',
  })
  type: string;

  @ApiProperty({ example: 1736758800000, description: 'Epoch milliseconds.' })
  ts: number;

  @ApiPropertyOptional({ type: EventPayloadDto, description: 'At most 10 levels, 100 keys a level and 32 KB.' })
  payload?: EventPayloadDto;
}

export class SyncRequestDto {
  @ApiProperty({ type: [SyncEventDto], maxItems: MAX_SYNC_EVENTS })
  events: SyncEventDto[];
}

export class RejectedBrowserEventDto {
  @ApiProperty({ example: 1, description: 'Position in the batch, from 0.' })
  index: number;

  @ApiProperty({ example: 'private', description: '`private` for what is not recorded; else what is wrong.' })
  reason: string;

  static from(rejected: RejectedEvent): RejectedBrowserEventDto {
    const dto = new RejectedBrowserEventDto();
    dto.index = rejected.index;
    dto.reason = rejected.reason;
    return dto;
  }
}

export class SyncResultDto {
  @ApiProperty({ example: true })
  success: boolean;

  @ApiProperty({ example: '2 events stored, 1 known already, 1 refused' })
  message: string;

  @ApiProperty({ example: 4, description: 'inserted + duplicates + the length of rejected' })
  received: number;

  @ApiProperty({ example: 2 })
  inserted: number;

  @ApiProperty({ example: 1, description: 'Events that were stored before: a success.' })
  duplicates: number;

  @ApiProperty({ type: [RejectedBrowserEventDto] })
  rejected: RejectedBrowserEventDto[];

  static from({ received, inserted, duplicates, rejected }: SyncOutcome): SyncResultDto {
    const dto = new SyncResultDto();
    dto.success = true;
    dto.message = sentence(inserted, duplicates, rejected.length);
    dto.received = received;
    dto.inserted = inserted;
    dto.duplicates = duplicates;
    dto.rejected = rejected.map((one) => RejectedBrowserEventDto.from(one));
    return dto;
  }
}

function sentence(inserted: number, duplicates: number, rejected: number): string {
  const parts = [`${inserted} ${inserted === 1 ? 'event' : 'events'} stored`];
  if (duplicates > 0) parts.push(`${duplicates} known already`);
  if (rejected > 0) parts.push(`${rejected} refused`);
  return parts.join(', ');
}

const at = Date.parse('2025-01-13T09:00:00Z');

export const SYNC_BODY: ApiBodyOptions = {
  type: SyncRequestDto,
  examples: {
    session: {
      summary: 'A page is opened, left and come back to',
      value: {
        events: [
          event('0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11', 'TAB_ACTIVATED', at, {
            tabId: 12,
            windowId: 1,
            url: 'https://github.com/almanac',
            title: 'almanac · GitHub',
          }),
          event('1c0a3f1f-7a1b-4b68-8e1f-3a4c4d6e9b22', 'IDLE_STATE_CHANGED', at + 600_000, { state: 'idle' }),
          event('2d1b4a20-8b2c-4c79-9f20-4b5d5e7f0c33', 'IDLE_STATE_CHANGED', at + 1_500_000, { state: 'active' }),
          event('3e2c5b31-9c3d-4d8a-a031-5c6e6f801d44', 'WINDOW_FOCUS_CHANGED', at + 1_800_000, { windowId: -1 }),
        ],
      },
    },
  },
};

function event(_id: string, type: string, ts: number, payload: object): object {
  return { _id, v: 1, type, ts, payload: { type, ts, ...payload } };
}
