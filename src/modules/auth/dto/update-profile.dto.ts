import { ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsObject, IsOptional, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import { SettingsDto } from './settings.dto.js';

export class UpdateProfileDto {
  @ApiPropertyOptional({ example: 'Ada King', minLength: 1, maxLength: 200 })
  @IsOptional()
  @Matches(/\S/, { message: 'name must not be empty' })
  @MaxLength(200)
  @IsString()
  name?: string;

  @ApiPropertyOptional({ type: SettingsDto, description: 'Merged over the stored ones, setting by setting.' })
  @IsOptional()
  @ValidateNested()
  @IsObject()
  @Type(() => SettingsDto)
  settings?: SettingsDto;
}
