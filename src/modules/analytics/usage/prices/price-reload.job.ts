import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { BackgroundJob } from '../../../../infra/jobs/background-job.js';
import { PricesService } from './prices.service.js';

const INTERVAL_MS = 5000;

/** Notices changed price files by their times: watching a file misses the way container platforms swap mounted ones. */
@Injectable()
export class PriceReloadJob extends BackgroundJob {
  constructor(private readonly prices: PricesService) {
    super();
  }

  @Interval('price-reload', INTERVAL_MS)
  override async run(): Promise<void> {
    await super.run();
  }

  protected work(): Promise<void> {
    return this.prices.reloadIfChanged();
  }

  protected report(error: unknown): void {
    this.logger.warn(`Price files were not looked at: ${String(error)}`);
  }
}
