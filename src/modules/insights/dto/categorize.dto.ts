import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, Length, MaxLength } from 'class-validator';
import { CATEGORIES, type Category } from '../../../common/categories/category.js';

export class CategorizeDto {
  @ApiProperty({ example: 'github.com', description: 'A domain, or the address of a page on it.', maxLength: 2048 })
  @Length(1, 2048, { message: 'domain must have 1 to 2048 characters' })
  @IsString({ message: 'domain is required and must be text' })
  domain: string;

  @ApiPropertyOptional({ example: 'Pull requests', description: 'Of a page, as a hint.', maxLength: 1000 })
  @IsOptional()
  @MaxLength(1000, { message: 'title must have at most 1000 characters' })
  @IsString({ message: 'title must be text' })
  title?: string;
}

export class CategorizedDto {
  @ApiProperty({ example: 'github.com' })
  domain: string;

  @ApiProperty({ enum: CATEGORIES, example: 'work' })
  category: Category;

  static from({ domain, category }: CategorizedDto): CategorizedDto {
    const dto = new CategorizedDto();
    dto.domain = domain;
    dto.category = category;
    return dto;
  }
}
