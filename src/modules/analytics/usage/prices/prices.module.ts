import { Module } from '@nestjs/common';
import { AccountLifecycleModule } from '../../../../common/lifecycle/account-lifecycle.module.js';
import { PriceReloadJob } from './price-reload.job.js';
import { PricesController } from './prices.controller.js';
import { PricesService } from './prices.service.js';

/** What model calls cost. */
@Module({
  imports: [AccountLifecycleModule],
  controllers: [PricesController],
  providers: [PricesService, PriceReloadJob],
  exports: [PricesService],
})
export class PricesModule {}
