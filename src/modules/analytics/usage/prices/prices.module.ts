import { Module } from '@nestjs/common';
import { PricesService } from './prices.service.js';

/** What model calls cost. */
@Module({ providers: [PricesService], exports: [PricesService] })
export class PricesModule {}
