import { ApiProperty } from '@nestjs/swagger';

export class ScreenCountDto {
  @ApiProperty({ example: 'home', description: '`Unknown` where the property is missing.' })
  screenName: string;

  @ApiProperty({ type: 'integer', example: 45 })
  count: number;
}

export class TopScreensDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: [ScreenCountDto], description: 'Most viewed first; equal counts by name.' })
  items: ScreenCountDto[];
}

export class ButtonCountDto {
  @ApiProperty({ example: 'buy-now', description: '`unknown` where the property is missing.' })
  buttonId: string;

  @ApiProperty({ example: 'Buy now', description: '`Unknown` where the property is missing.' })
  buttonText: string;

  @ApiProperty({ type: 'integer', example: 12 })
  count: number;
}

export class ButtonClicksDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({
    type: [ButtonCountDto],
    description: 'Most clicked first; equal counts by id, then text. At most 10,000.',
  })
  items: ButtonCountDto[];
}

export class ItemCountDto {
  @ApiProperty({ example: 'sku-1', description: '`unknown` where the property is missing.' })
  itemId: string;

  @ApiProperty({ example: 'Blue shirt', description: '`Unknown` where the property is missing.' })
  itemName: string;

  @ApiProperty({ type: 'integer', example: 7 })
  count: number;
}

export class ViewItemsDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({
    type: [ItemCountDto],
    description: 'Most viewed first; equal counts by id, then name. At most 10,000.',
  })
  items: ItemCountDto[];
}

export class ScreenHourDto {
  @ApiProperty({ example: 'home', description: '`Unknown` where the property is missing.' })
  screenName: string;

  @ApiProperty({ type: 'integer', minimum: 0, maximum: 23, example: 13, description: 'Hour of the local day.' })
  hour: number;

  @ApiProperty({ type: 'integer', example: 20 })
  count: number;
}

export class ScreenViewsByHourDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({
    type: [ScreenHourDto],
    description: 'By screen, then hour; only hours with views. At most 10,000: those with the most views.',
  })
  items: ScreenHourDto[];
}
