import { ApiProperty, ApiPropertyOptional, type ApiBodyOptions } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { MAX_ORG_NAME_LENGTH } from '../../orgs/org-member.js';
import { PRECISIONS, type Precision } from '../line-protocol/timestamp.js';

const ORG_MESSAGE = `org must be given once, with at most ${MAX_ORG_NAME_LENGTH} characters`;

/** Further parameters of InfluxDB's API, such as `consistency`, are ignored. */
export class WritePointsQuery {
  @ApiPropertyOptional({ example: 'Turbo', description: 'The organization of points without the tag `org`.' })
  @IsOptional()
  @IsString({ message: ORG_MESSAGE })
  @MaxLength(MAX_ORG_NAME_LENGTH, { message: ORG_MESSAGE })
  org?: string;

  @ApiPropertyOptional({ description: 'Taken for `org` when that is absent.', example: 'Turbo' })
  @IsOptional()
  @IsString({ message: 'orgID must be given once, as text' })
  @MaxLength(MAX_ORG_NAME_LENGTH, { message: 'orgID is too long' })
  orgID?: string;

  @ApiPropertyOptional({ example: 'time-monitoring', description: 'Ignored: there is one bucket.' })
  @IsOptional()
  @IsString({ message: 'bucket must be given once, as text' })
  bucket?: string;

  @ApiPropertyOptional({ enum: PRECISIONS, default: 'ns', example: 'ns', description: 'What the times count.' })
  @IsOptional()
  @IsIn(PRECISIONS, { message: `precision must be one of ${PRECISIONS.join(', ')}` })
  precision?: Precision;
}

const EXAMPLE =
  'afk_status,status=active,hostname=ben-laptop,user=ben,org=Turbo duration=5400 1763542800000000000\n' +
  'window_activity,app=VS\\ Code,hostname=ben-laptop,user=ben,org=Turbo title="report.ts - almanac",duration=1800 1763542800000000000\n';

export const LINE_PROTOCOL_BODY: ApiBodyOptions = {
  description: 'InfluxDB line protocol, UTF-8, at most 10 MB unpacked.',
  required: true,
  schema: { type: 'string', example: EXAMPLE },
};

/** The errors of InfluxDB's API. */
export class WriteErrorDto {
  @ApiProperty({ example: 'invalid', description: "InfluxDB's own codes." })
  code: string;

  @ApiProperty({
    example: 'line 2 was refused: the tag t has no value: x,t= f=1. 4999 points were written',
    description: 'A sentence for a person.',
  })
  message: string;

  @ApiPropertyOptional({ example: 2, description: 'The first line that was refused, from 1 on.' })
  line?: number;
}
