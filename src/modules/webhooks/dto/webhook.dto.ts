import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import type { DisabledReason } from '../webhook-endpoint.entity.js';
import type { EndpointChanges, EndpointRequest, EndpointWithSecret } from '../webhook-endpoints.service.js';
import { WEBHOOK_EVENT_TYPES, type WebhookEventType } from '../webhook-event.js';
import type { EndpointRow } from '../webhook-rows.js';

const REASONS: readonly DisabledReason[] = ['gone', 'failing', 'user'];
const SENTENCES: Record<DisabledReason, string> = {
  gone: 'The address answered 410 Gone.',
  failing: 'The address answered nothing but failures for five days.',
  user: 'You switched it off.',
};

class WebhookSettingsDto {
  @ApiPropertyOptional({
    enum: WEBHOOK_EVENT_TYPES,
    isArray: true,
    example: ['report.completed', 'report.failed'],
    description: 'Which messages it gets. Empty or absent: all.',
  })
  @IsOptional()
  @IsIn(WEBHOOK_EVENT_TYPES, { each: true })
  @ArrayMaxSize(WEBHOOK_EVENT_TYPES.length)
  @IsArray()
  eventTypes?: WebhookEventType[];

  @ApiPropertyOptional({ example: 'Posts reports to the team channel', maxLength: 200 })
  @IsOptional()
  @MaxLength(200)
  @IsString()
  description?: string;
}

export class CreateWebhookDto extends WebhookSettingsDto {
  @ApiProperty({
    example: 'https://hooks.example.com/almanac',
    maxLength: 2000,
    description:
      'A public address, port 80 or 443, without user name; https in production. WEBHOOK_ALLOW_PRIVATE=true lifts this.',
  })
  @MaxLength(2000)
  @IsString()
  url: string;

  static toRequest({ url, description, eventTypes }: CreateWebhookDto): EndpointRequest {
    return { url, description: description ?? undefined, eventTypes: unique(eventTypes) };
  }
}

export class UpdateWebhookDto extends WebhookSettingsDto {
  @ApiPropertyOptional({ example: true, description: 'true also takes back what disabled it.' })
  @IsOptional()
  @IsBoolean()
  enabled?: boolean;

  static toChanges({ description, eventTypes, enabled }: UpdateWebhookDto): EndpointChanges {
    const changes: EndpointChanges = {};
    if (description !== undefined && description !== null) changes.description = description;
    if (eventTypes !== undefined && eventTypes !== null) changes.eventTypes = unique(eventTypes)!;
    if (enabled !== undefined && enabled !== null) changes.enabled = enabled;
    return changes;
  }
}

export class WebhookDto {
  @ApiProperty({ example: 'we_3f1c9a77b2d04e58' })
  id: string;

  @ApiProperty({ example: 'https://hooks.example.com/almanac' })
  url: string;

  @ApiProperty({ enum: WEBHOOK_EVENT_TYPES, isArray: true, example: ['report.completed', 'report.failed'] })
  eventTypes: WebhookEventType[];

  @ApiProperty({ example: 'Posts reports to the team channel' })
  description: string;

  @ApiProperty({
    enum: ['registered', 'request'],
    example: 'registered',
    description:
      '`request`: made by the `webhookUrl` of a request; it gets only messages about what was asked for with it.',
  })
  source: 'registered' | 'request';

  @ApiProperty({ example: true })
  enabled: boolean;

  @ApiProperty({ enum: REASONS, type: String, nullable: true, example: null })
  disabledReason: DisabledReason | null;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Why it is disabled, as a sentence.' })
  notice: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  disabledAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: null,
    description: 'The first failure since the last success.',
  })
  failingSince: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2025-11-19T22:00:05.000Z' })
  lastSuccessAt: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-11-19T21:00:00.000Z' })
  createdAt: string;

  static from(row: EndpointRow): WebhookDto {
    return new WebhookDto().fill(row);
  }

  protected fill(row: EndpointRow): this {
    this.id = row.id;
    this.url = row.url;
    this.eventTypes = row.eventTypes;
    this.description = row.description;
    this.source = row.fromRequest ? 'request' : 'registered';
    this.enabled = row.disabledAt === null;
    this.disabledReason = row.disabledReason;
    this.notice = row.disabledReason && SENTENCES[row.disabledReason];
    this.disabledAt = toIso(row.disabledAt);
    this.failingSince = toIso(row.failingSince);
    this.lastSuccessAt = toIso(row.lastSuccessAt);
    this.createdAt = new Date(row.createdAt).toISOString();
    return this;
  }
}

export class CreatedWebhookDto extends WebhookDto {
  @ApiProperty({
    example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=',
    description: 'Verify signatures with it. It is shown this once.',
  })
  secret: string;

  static withSecret({ endpoint, secret }: EndpointWithSecret): CreatedWebhookDto {
    const dto = new CreatedWebhookDto().fill(endpoint);
    dto.secret = secret;
    return dto;
  }
}

export class WebhookListDto {
  @ApiProperty({ type: [WebhookDto] })
  webhooks: WebhookDto[];

  static from(rows: readonly EndpointRow[]): WebhookListDto {
    const dto = new WebhookListDto();
    dto.webhooks = rows.map((row) => WebhookDto.from(row));
    return dto;
  }
}

export function toIso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}

function unique<T>(values: readonly T[] | undefined | null): T[] | undefined {
  return values === undefined || values === null ? undefined : [...new Set(values)];
}
