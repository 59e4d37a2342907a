import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';

/** Spaces around a name are no part of it. */
export const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);

export class CreateProjectDto {
  @ApiProperty({ example: 'Demo App', minLength: 1, maxLength: 200 })
  @Transform(trimmed)
  @IsString({ message: 'name is required and must be text' })
  @Length(1, 200, { message: 'name must have 1 to 200 characters' })
  name: string;
}
