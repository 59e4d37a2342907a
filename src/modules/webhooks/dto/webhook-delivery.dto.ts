import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';
import type { DeliverySearch } from '../webhook-deliveries.repository.js';
import type { DeliveryWithLog } from '../webhook-deliveries.service.js';
import { DELIVERY_STATUSES, type DeliveryStatus } from '../webhook-delivery.entity.js';
import type { AttemptRow, DeliveryRow } from '../webhook-rows.js';
import { toIso } from './webhook.dto.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 200;

const OUTCOMES =
  '`ok`, `http_error`, `redirect` (never followed), `gone` (410), `overloaded` (429, 502, 504), `blocked` (not a public ' +
  'address), `dns`, `refused`, `timeout` (15 s), `tls`, `network`.';

export class ListDeliveriesQuery {
  @ApiPropertyOptional({ example: 'we_3f1c9a77b2d04e58', description: 'Only those of this webhook.' })
  @IsOptional()
  @MaxLength(100)
  @IsString({ message: 'webhookId must be given once, as text' })
  webhookId?: string;

  @ApiPropertyOptional({ enum: DELIVERY_STATUSES, example: 'failed' })
  @ValidateIf((query: ListDeliveriesQuery) => query.status !== undefined && (query.status as string) !== '')
  @IsIn(DELIVERY_STATUSES)
  status?: DeliveryStatus;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: MAX_LIMIT, default: DEFAULT_LIMIT, example: 50 })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 0 on' })
  limit?: string;

  static toSearch({ webhookId, status, limit }: ListDeliveriesQuery): DeliverySearch {
    return {
      endpointId: webhookId || undefined,
      status: status || undefined,
      limit: Math.max(1, Math.min(Number(limit || DEFAULT_LIMIT), MAX_LIMIT)),
    };
  }
}

export class WebhookDeliveryDto {
  @ApiProperty({ example: 'msg_p5jXN8AQM9LWM0D4loKWxJek012', description: 'The header `webhook-id` of every attempt.' })
  id: string;

  @ApiProperty({ example: 'we_3f1c9a77b2d04e58' })
  webhookId: string;

  @ApiProperty({ example: 'report.completed' })
  type: string;

  @ApiProperty({ enum: DELIVERY_STATUSES, example: 'delivered' })
  status: DeliveryStatus;

  @ApiProperty({ example: 1 })
  attempts: number;

  @ApiProperty({ type: String, nullable: true, example: 'ok', description: `How the last attempt ended: ${OUTCOMES}` })
  lastOutcome: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null })
  nextAttemptAt: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-11-19T22:00:05.000Z' })
  createdAt: string;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2025-11-19T22:00:06.000Z' })
  endedAt: string | null;

  static from(row: DeliveryRow): WebhookDeliveryDto {
    return new WebhookDeliveryDto().fill(row);
  }

  protected fill(row: DeliveryRow): this {
    this.id = row.id;
    this.webhookId = row.endpointId;
    this.type = row.type;
    this.status = row.status;
    this.attempts = row.attempts;
    this.lastOutcome = row.lastOutcome;
    this.nextAttemptAt = toIso(row.nextAttemptAt);
    this.createdAt = new Date(row.createdAt).toISOString();
    this.endedAt = toIso(row.endedAt);
    return this;
  }
}

export class WebhookAttemptDto {
  @ApiProperty({ example: 1 })
  attempt: number;

  @ApiProperty({ format: 'date-time', example: '2025-11-19T22:00:05.120Z' })
  at: string;

  @ApiProperty({ example: 84 })
  durationMs: number;

  @ApiProperty({ type: Number, nullable: true, example: 204, description: 'Null when there was no answer.' })
  status: number | null;

  @ApiProperty({ example: 'ok', description: OUTCOMES })
  outcome: string;

  static from({ attempt, attemptedAt, durationMs, httpStatus, outcome }: AttemptRow): WebhookAttemptDto {
    const dto = new WebhookAttemptDto();
    Object.assign(dto, { attempt, at: toIso(attemptedAt), durationMs, status: httpStatus, outcome });
    return dto;
  }
}

export class WebhookDeliveryDetailDto extends WebhookDeliveryDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { type: 'report.completed', timestamp: '2025-11-19T22:00:05.000Z', data: { taskId: '0b9f…' } },
    description: 'The message as it is sent.',
  })
  body: object;

  @ApiProperty({ type: [WebhookAttemptDto], description: 'Every call that was made. Answers are not kept.' })
  log: WebhookAttemptDto[];

  static withLog({ delivery, log }: DeliveryWithLog): WebhookDeliveryDetailDto {
    const dto = new WebhookDeliveryDetailDto().fill(delivery);
    dto.body = JSON.parse(delivery.body) as object;
    dto.log = log.map((row) => WebhookAttemptDto.from(row));
    return dto;
  }
}

export class WebhookDeliveryListDto {
  @ApiProperty({ type: [WebhookDeliveryDto] })
  deliveries: WebhookDeliveryDto[];

  static from(rows: readonly DeliveryRow[]): WebhookDeliveryListDto {
    const dto = new WebhookDeliveryListDto();
    dto.deliveries = rows.map((row) => WebhookDeliveryDto.from(row));
    return dto;
  }
}
