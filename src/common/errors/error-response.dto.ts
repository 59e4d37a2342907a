import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';

export class ErrorDetailDto {
  @ApiProperty({ example: 'tz', description: 'Dotted path of the offending field.' })
  path: string;

  @ApiProperty({ example: 'tz must be an IANA time zone' })
  message: string;
}

/** The one body of every error that Almanac answers. */
@ApiExtraModels(ErrorDetailDto)
export class ErrorResponseDto {
  @ApiProperty({ example: 'tz must be an IANA time zone', description: 'A sentence for a person.' })
  error: string;

  @ApiProperty({ example: 'VALIDATION_FAILED', description: 'Stable code for programs.' })
  code: string;

  @ApiProperty({ example: 400 })
  statusCode: number;

  @ApiPropertyOptional({
    oneOf: [{ type: 'array', items: { $ref: getSchemaPath(ErrorDetailDto) } }, { type: 'string' }],
    description: 'What was wrong, field by field (at most 10). On the GitHub and WHOOP routes one sentence instead.',
  })
  details?: ErrorDetailDto[] | string;

  @ApiProperty({
    example: '4f0c2a9e8b7d4c1f',
    description: 'The same as the `x-request-id` header; quote it in reports.',
  })
  requestId: string;
}
