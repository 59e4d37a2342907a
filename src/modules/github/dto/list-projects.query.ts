import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PROJECT_SORTS, type ProjectSort } from '../projects/project-sort.js';

const emptyIsAbsent = ({ value }: { value: unknown }): unknown => (value === '' ? undefined : value);

export class GithubProjectsQuery {
  @ApiPropertyOptional({
    enum: PROJECT_SORTS,
    default: 'last_commit_date',
    example: 'loc',
    description: 'The newest or largest first; names from A to Z.',
  })
  @Transform(emptyIsAbsent)
  @IsOptional()
  @IsIn(PROJECT_SORTS, { message: `sort must be one of ${PROJECT_SORTS.join(', ')}` })
  sort?: ProjectSort;

  @ApiPropertyOptional({
    example: 'Python',
    maxLength: 100,
    description: 'Only projects of this primary language, in any case.',
  })
  @Transform(emptyIsAbsent)
  @IsOptional()
  @IsString({ message: 'language must be given once, as text' })
  @MaxLength(100, { message: 'language must have at most 100 characters' })
  language?: string;
}
