import { ApiProperty } from '@nestjs/swagger';

export class OkStatusDto {
  @ApiProperty({ example: 'ok', enum: ['ok'] })
  status: string;
}

export class HealthyStatusDto {
  @ApiProperty({ example: 'healthy', enum: ['healthy'] })
  status: string;
}

export class ReadinessDto {
  @ApiProperty({ example: 'ok', enum: ['ok'] })
  status: string;

  @ApiProperty({
    example: { mongo: 'up', sql: 'up' },
    description: 'Each store that this server needs.',
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  checks: Record<string, string>;

  @ApiProperty({
    example: 'required',
    enum: ['required', 'open'],
    description: '`open` serves callers without credentials.',
  })
  authMode: string;

  @ApiProperty({ example: 'embedded', enum: ['embedded', 'external'], description: 'Which MongoDB this server uses.' })
  mongoEngine: string;
}

export class DatabaseHealthDto {
  @ApiProperty({ example: 'ok' })
  mongo: string;

  @ApiProperty({ example: 'almanac' })
  db: string;
}

export class DatabaseFailureDto {
  @ApiProperty({ example: 'error' })
  mongo: string;

  @ApiProperty({ example: 'MongoDB does not answer' })
  message: string;
}

export class TestInsertDto {
  @ApiProperty({ example: true })
  inserted: boolean;

  @ApiProperty({ example: 'connection_tests' })
  collection: string;

  @ApiProperty({ example: '6742a1c5f0a1b2c3d4e5f6a7' })
  id: string;
}

export class ApiIndexDto {
  @ApiProperty({ example: 'Almanac' })
  name: string;

  @ApiProperty({ example: '0.1.0' })
  version: string;

  @ApiProperty({
    example: { swagger: '/swagger', openapi: '/apispec.json', ready: '/health/ready' },
    type: 'object',
    additionalProperties: { type: 'string' },
  })
  links: Record<string, string>;

  @ApiProperty({
    example: { 'Product events': ['POST /v1/events/batch'] },
    description: 'Every operation, by module.',
    type: 'object',
    additionalProperties: { type: 'array', items: { type: 'string' } },
  })
  modules: Record<string, string[]>;
}
