import { ApiProperty } from '@nestjs/swagger';
import type { BrowserEventRow } from '../browser-event-row.js';
import type { DomainVisits, EventPage, TypeCount } from '../browser-history.service.js';

export class BrowserEventDto {
  @ApiProperty({ example: '0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11', description: 'The `_id` that the client gave it.' })
  id: string;

  @ApiProperty({ example: '665f1c2e9b1e8a0012ab34cd' })
  userId: string;

  @ApiProperty({ example: 'TAB_ACTIVATED' })
  type: string;

  @ApiProperty({ example: '2025-01-13T09:00:00.000Z' })
  timestamp: string;

  @ApiProperty({ type: String, nullable: true, example: 'github.com', description: 'Of http and https only.' })
  domain: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 12 })
  tabId: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 1, description: '-1: no window of the browser has the focus.' })
  windowId: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'https://github.com/almanac' })
  url: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'almanac · GitHub' })
  title: string | null;

  static from(row: BrowserEventRow): BrowserEventDto {
    const dto = new BrowserEventDto();
    dto.id = row.id;
    dto.userId = row.userId;
    dto.type = row.type;
    dto.timestamp = row.timestamp.toISOString();
    dto.domain = row.domain;
    dto.tabId = row.tabId;
    dto.windowId = row.windowId;
    dto.url = row.url;
    dto.title = row.title;
    return dto;
  }
}

export class EventPageDto {
  @ApiProperty({ type: [BrowserEventDto], description: 'The newest first.' })
  events: BrowserEventDto[];

  @ApiProperty({ example: 1280, description: 'All that match, on whatever page.' })
  total: number;

  @ApiProperty({ example: 100 })
  limit: number;

  @ApiProperty({ example: 0 })
  skip: number;

  static from({ events, total, limit, skip }: EventPage): EventPageDto {
    const dto = new EventPageDto();
    dto.events = events.map((row) => BrowserEventDto.from(row));
    dto.total = total;
    dto.limit = limit;
    dto.skip = skip;
    return dto;
  }
}

export class BrowserEventCountDto {
  @ApiProperty({ example: 1280 })
  count: number;

  static of(count: number): BrowserEventCountDto {
    const dto = new BrowserEventCountDto();
    dto.count = count;
    return dto;
  }
}

export class RecentEventsDto {
  @ApiProperty({ type: [BrowserEventDto], description: 'The newest first.' })
  events: BrowserEventDto[];

  @ApiProperty({ example: 24 })
  hours: number;

  @ApiProperty({ example: 1, description: 'How many are listed.' })
  count: number;

  static from(rows: BrowserEventRow[], hours: number): RecentEventsDto {
    const dto = new RecentEventsDto();
    dto.events = rows.map((row) => BrowserEventDto.from(row));
    dto.hours = hours;
    dto.count = rows.length;
    return dto;
  }
}

export class DomainVisitsDto {
  @ApiProperty({ example: 'github.com' })
  domain: string;

  @ApiProperty({ example: 412, description: 'Events.' })
  count: number;

  @ApiProperty({ example: '2025-01-19T16:42:10.000Z' })
  lastVisit: string;

  static from(visits: DomainVisits): DomainVisitsDto {
    const dto = new DomainVisitsDto();
    dto.domain = visits.domain;
    dto.count = visits.count;
    dto.lastVisit = new Date(visits.lastVisit).toISOString();
    return dto;
  }
}

export class DomainListDto {
  @ApiProperty({ type: [DomainVisitsDto], description: 'Those with the most events first.' })
  domains: DomainVisitsDto[];

  @ApiProperty({ example: 57, description: 'All domains of the history.' })
  total: number;

  static from(visits: DomainVisits[], limit: number): DomainListDto {
    const dto = new DomainListDto();
    dto.domains = visits.slice(0, limit).map((one) => DomainVisitsDto.from(one));
    dto.total = visits.length;
    return dto;
  }
}

export class TypeCountDto {
  @ApiProperty({ example: 'TAB_ACTIVATED' })
  type: string;

  @ApiProperty({ example: 640 })
  count: number;

  static from({ type, count }: TypeCount): TypeCountDto {
    const dto = new TypeCountDto();
    dto.type = type;
    dto.count = count;
    return dto;
  }
}

export class EventStatsDto {
  @ApiProperty({ example: 1280 })
  total: number;

  @ApiProperty({ type: [TypeCountDto], description: 'The most first.' })
  by_type: TypeCountDto[];

  static from(counts: TypeCount[]): EventStatsDto {
    const dto = new EventStatsDto();
    dto.total = counts.reduce((total, { count }) => total + count, 0);
    dto.by_type = counts.map((one) => TypeCountDto.from(one));
    return dto;
  }
}

export class DeletedEventsDto {
  @ApiProperty({ example: true })
  success: boolean;

  @ApiProperty({ example: 'Browsing history erased' })
  message: string;

  @ApiProperty({ example: 1280 })
  deleted: number;

  static of(deleted: number): DeletedEventsDto {
    const dto = new DeletedEventsDto();
    dto.success = true;
    dto.message = 'Browsing history erased';
    dto.deleted = deleted;
    return dto;
  }
}

export const EXPORT_EXAMPLE =
  '{"id":"0b9f2f0e-6f0f-4a57-9d0e-2f3b3c5d8a11","userId":"665f1c2e9b1e8a0012ab34cd","type":"TAB_ACTIVATED","timestamp":"2025-01-13T09:00:00.000Z","domain":"github.com","tabId":12,"windowId":1,"url":"https://github.com/almanac","title":"almanac · GitHub","payload":{"type":"TAB_ACTIVATED","ts":1736758800000,"tabId":12,"windowId":1,"url":"https://github.com/almanac","title":"almanac · GitHub"}}\n';
