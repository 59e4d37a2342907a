import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class ErrorDetailDto {
  @ApiProperty({ example: 'steps.0', description: 'Dotted path of the offending field.' })
  path: string;

  @ApiProperty({ example: 'steps.0 must be a string' })
  message: string;
}

/** The one body of every error that Almanac answers. */
export class ErrorResponseDto {
  @ApiProperty({ example: "Project with key 'a1b2c3d4e5f6' not found", description: 'A sentence for a person.' })
  error: string;

  @ApiProperty({ example: 'PROJECT_NOT_FOUND', description: 'Stable code for programs.' })
  code: string;

  @ApiProperty({ example: 403 })
  statusCode: number;

  @ApiPropertyOptional({ type: [ErrorDetailDto], description: 'What was wrong, field by field (at most 10).' })
  details?: ErrorDetailDto[];

  @ApiProperty({
    example: '4f0c2a9e8b7d4c1f',
    description: 'The same as the `x-request-id` header; quote it in reports.',
  })
  requestId: string;
}
