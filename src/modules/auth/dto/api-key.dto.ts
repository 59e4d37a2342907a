import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  ValidateBy,
} from 'class-validator';
import type { ApiKeyScope } from '../../../common/auth/principal.js';
import { parseInstant } from '../../../common/time/instant.js';
import { LATEST_BOUND } from '../../../common/time/range.js';
import type { ApiKeyRow } from '../api-keys.repository.js';
import type { ApiKeyRequest } from '../api-keys.service.js';

const SCOPES: readonly ApiKeyScope[] = ['ingest', 'read', 'admin'];

function IsInstant(): PropertyDecorator {
  return ValidateBy({
    name: 'isInstant',
    validator: {
      // Later ones cannot be written as a date with four digits for the year, which the answer promises.
      validate: (value: unknown) => typeof value === 'string' && (parseInstant(value) ?? Infinity) <= LATEST_BOUND,
      defaultMessage: (args) => `${args?.property ?? 'time'} must be a time such as 2026-01-01T00:00:00Z`,
    },
  });
}

export class CreateApiKeyDto {
  @ApiProperty({ example: 'Nightly import', minLength: 1, maxLength: 100 })
  @Matches(/\S/, { message: 'name must not be empty' })
  @MaxLength(100)
  @IsString()
  name: string;

  @ApiProperty({
    enum: SCOPES,
    isArray: true,
    example: ['ingest', 'read'],
    description: '`ingest` writes, `read` reads, `admin` does all that its user may do except managing keys.',
  })
  @IsIn(SCOPES, { each: true })
  @ArrayMaxSize(3)
  @ArrayMinSize(1)
  @IsArray()
  scopes: ApiKeyScope[];

  @ApiPropertyOptional({ type: String, nullable: true, example: '2030-01-01T00:00:00Z', description: 'Absent: never.' })
  @IsOptional()
  @IsInstant()
  expiresAt?: string | null;

  static toRequest(dto: CreateApiKeyDto): ApiKeyRequest {
    return { name: dto.name.trim(), scopes: dto.scopes, expiresAt: dto.expiresAt ? parseInstant(dto.expiresAt) : null };
  }
}

class ApiKeyFieldsDto {
  @ApiProperty({ example: '3f1c9a77b2d04e58', description: 'Use it to delete the key.' })
  id: string;

  @ApiProperty({ example: 'Nightly import' })
  name: string;

  @ApiProperty({ example: 'alm_3f1c9a77b2d04e58', description: 'How the key begins.' })
  prefix: string;

  @ApiProperty({ enum: SCOPES, isArray: true, example: ['ingest', 'read'] })
  scopes: ApiKeyScope[];

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2030-01-01T00:00:00.000Z' })
  expiresAt: string | null;

  @ApiProperty({ format: 'date-time', example: '2025-01-06T10:00:00.000Z' })
  createdAt: string;

  protected fill(row: ApiKeyRow): this {
    this.id = row.id;
    this.name = row.name;
    this.prefix = row.prefix;
    this.scopes = row.scopes;
    this.expiresAt = toIso(row.expiresAt);
    this.createdAt = new Date(row.createdAt).toISOString();
    return this;
  }
}

export class CreatedApiKeyDto extends ApiKeyFieldsDto {
  @ApiProperty({
    example: 'alm_3f1c9a77b2d04e58_VGhpcyBpcyBub3QgYSByZWFsIGtleSwganVzdCBhbiBleA',
    description: 'The key itself; it is shown this once.',
  })
  key: string;

  static from(row: ApiKeyRow & { key: string }): CreatedApiKeyDto {
    const dto = new CreatedApiKeyDto().fill(row);
    dto.key = row.key;
    return dto;
  }
}

export class ApiKeyDto extends ApiKeyFieldsDto {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2025-02-01T03:00:00.000Z',
    description: 'To the minute.',
  })
  lastUsedAt: string | null;

  static from(row: ApiKeyRow): ApiKeyDto {
    const dto = new ApiKeyDto().fill(row);
    dto.lastUsedAt = toIso(row.lastUsedAt);
    return dto;
  }
}

export class ApiKeyListDto {
  @ApiProperty({ type: [ApiKeyDto] })
  apiKeys: ApiKeyDto[];

  static from(rows: ApiKeyRow[]): ApiKeyListDto {
    const dto = new ApiKeyListDto();
    dto.apiKeys = rows.map((row) => ApiKeyDto.from(row));
    return dto;
  }
}

function toIso(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
