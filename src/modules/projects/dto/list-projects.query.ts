import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Matches } from 'class-validator';

export class ListProjectsQuery {
  @ApiPropertyOptional({
    example: 'a1b2c3d4e5f6',
    description: 'Exactly this project; answered without credentials too.',
  })
  @IsOptional()
  @IsString({ message: 'projectKey must be given once, as text' })
  projectKey?: string;

  @ApiPropertyOptional({ example: 'Demo App', description: 'Exactly this name. Ignored when projectKey is given.' })
  @IsOptional()
  @IsString({ message: 'name must be given once, as text' })
  name?: string;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1000, default: 100, example: 100 })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 0 on' })
  limit?: string;
}
