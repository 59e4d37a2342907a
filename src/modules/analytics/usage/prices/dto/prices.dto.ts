import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { PricedModel, PricePeriod, TokenPrices } from '../price-list.js';
import type { PricesState } from '../prices.service.js';

const PICO_PER_TOKEN = 1e6;

export class TokenPricesDto {
  @ApiProperty({ example: 2, description: 'USD for a million tokens of input that came from no cache.' })
  input: number;

  @ApiProperty({ example: 0.2 })
  cached_input: number;

  @ApiProperty({ example: 12 })
  output: number;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 12,
    description: '`null`: the provider counts reasoning within the output.',
  })
  reasoning: number | null;

  static from(prices: TokenPrices): TokenPricesDto {
    return new TokenPricesDto().fill(prices);
  }

  protected fill(prices: TokenPrices): this {
    this.input = usd(prices.input);
    this.cached_input = usd(prices.cachedInput);
    this.output = usd(prices.output);
    this.reasoning = prices.reasoning === null ? null : usd(prices.reasoning);
    return this;
  }
}

export class LongInputPricesDto extends TokenPricesDto {
  @ApiProperty({ type: 'integer', example: 200000 })
  above: number;

  static override from(prices: TokenPrices & { above: number }): LongInputPricesDto {
    const dto = new LongInputPricesDto().fill(prices);
    dto.above = prices.above;
    return dto;
  }
}

export class PricePeriodDto extends TokenPricesDto {
  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2025-11-18T00:00:00.000Z',
    description: 'Inclusive; `null`: since ever.',
  })
  from: string | null;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: null, description: 'Exclusive.' })
  until: string | null;

  @ApiPropertyOptional({
    type: LongInputPricesDto,
    description: 'Prices of the whole call when its input has more than `above` tokens.',
  })
  long_input?: LongInputPricesDto;

  static override from(period: PricePeriod): PricePeriodDto {
    const dto = new PricePeriodDto();
    dto.from = period.from === -Infinity ? null : new Date(period.from).toISOString();
    dto.until = period.until === null ? null : new Date(period.until).toISOString();
    dto.fill(period);
    if (period.longInput !== null) dto.long_input = LongInputPricesDto.from(period.longInput);
    return dto;
  }
}

export class PricedModelDto {
  @ApiProperty({ example: 'gemini-3-pro-preview' })
  model: string;

  @ApiProperty({ example: 'gemini' })
  provider: string;

  @ApiProperty({
    type: [String],
    example: [],
    description: 'Other names of the model; dated snapshots are known without.',
  })
  aliases: string[];

  @ApiProperty({ type: [PricePeriodDto], description: 'In USD per million tokens, the oldest first.' })
  prices: PricePeriodDto[];

  static from(model: PricedModel): PricedModelDto {
    const dto = new PricedModelDto();
    dto.model = model.name;
    dto.provider = model.provider;
    dto.aliases = [...model.aliases];
    dto.prices = model.periods.map((period) => PricePeriodDto.from(period));
    return dto;
  }
}

export class PricesDto {
  @ApiProperty({ type: [PricedModelDto] })
  models: PricedModelDto[];

  @ApiProperty({ format: 'date-time', example: '2025-11-20T08:00:00.000Z' })
  loaded_at: string;

  @ApiProperty({
    type: [String],
    example: [],
    description: 'Why the price files as they are now are not in force; empty when they are.',
  })
  problems: string[];

  static from(state: PricesState): PricesDto {
    const dto = new PricesDto();
    dto.models = state.models.map((model) => PricedModelDto.from(model));
    dto.loaded_at = new Date(state.loadedAt).toISOString();
    dto.problems = [...state.problems];
    return dto;
  }
}

export class ReloadedPricesDto {
  @ApiProperty({ type: 'integer', example: 112, description: 'Models with a price.' })
  models: number;

  @ApiProperty({ format: 'date-time', example: '2025-11-20T08:00:00.000Z' })
  loaded_at: string;

  static from(state: PricesState): ReloadedPricesDto {
    const dto = new ReloadedPricesDto();
    dto.models = state.models.length;
    dto.loaded_at = new Date(state.loadedAt).toISOString();
    return dto;
  }
}

function usd(pico: bigint): number {
  return Number(pico) / PICO_PER_TOKEN;
}
