import { ApiProperty } from '@nestjs/swagger';

export class OkStatusDto {
  @ApiProperty({ example: 'ok', enum: ['ok'] })
  status: string;
}

export class HealthyStatusDto {
  @ApiProperty({ example: 'healthy', enum: ['healthy'] })
  status: string;
}

export class ReplicaSharingDto {
  @ApiProperty({
    example: 'process',
    enum: ['redis', 'process', 'off'],
    description: '`process`: without Redis each replica counts requests for itself.',
  })
  requestLimits: string;

  @ApiProperty({ example: 'sql', enum: ['sql'], description: 'Failed logins, counted for all replicas together.' })
  loginLimits: string;

  @ApiProperty({
    example: 'sql',
    enum: ['sql'],
    description: 'Refused by the replica that revoked them at once, by the others within seconds.',
  })
  revokedTokens: string;

  @ApiProperty({ example: 'sql', enum: ['redis', 'sql'], description: 'By what workers hear of jobs.' })
  jobs: string;
}

export class ReadinessDto {
  @ApiProperty({ example: 'ok', enum: ['ok'] })
  status: string;

  @ApiProperty({
    example: { mongo: 'up', sql: 'up', disk: 'up' },
    description:
      'Each store that this server needs; `disk` is down when the data folder of an embedded store is nearly full.',
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

  @ApiProperty({ type: ReplicaSharingDto, description: 'By what replicas share what they know of callers.' })
  shared: ReplicaSharingDto;
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
