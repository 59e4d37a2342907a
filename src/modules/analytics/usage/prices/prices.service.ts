import { Injectable } from '@nestjs/common';
import { costOf, type BilledCall, type Cost } from './cost.js';
import { PriceList } from './price-list.js';

/** The prices in force. */
@Injectable()
export class PricesService {
  private current = new PriceList([]);

  /** What a call cost by the prices in force now. @see costOf */
  costOf(call: BilledCall): Cost {
    return costOf(call, this.current);
  }

  /** The label of a model in metrics, one of few: its name in the price file, or `other`. */
  labelOf(model: string): string {
    return this.current.labelOf(model);
  }
}
