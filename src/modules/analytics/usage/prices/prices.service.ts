import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { counter, gauge } from '../../../../common/metrics/metrics.js';
import { Clock } from '../../../../common/time/clock.js';
import { USAGE_CONFIG, type UsageConfig } from '../../../../config/app.config.js';
import { costOf, type BilledCall, type Cost } from './cost.js';
import { PriceFileError } from './price-file.js';
import { PriceList, type PricedModel } from './price-list.js';
import { PriceSource } from './price-source.js';
import { PricesNotLoadedError } from './prices.errors.js';

const loads = counter({
  name: 'almanac_price_loads_total',
  help: 'Times the price files were read, by outcome; after a failure the former prices stay in force.',
  labelNames: ['outcome'],
});
const pricedModels = gauge({ name: 'almanac_price_models', help: 'Models with a price.' });

/** As many models have a label of their own in metrics; the rest share `other`. */
const MAX_LABELS = 50;

export interface PricesState {
  models: readonly PricedModel[];
  /** Epoch milliseconds. */
  loadedAt: number;
  /** Why the files as they are now are not in force; empty when they are. */
  problems: readonly string[];
}

/** The prices in force. */
@Injectable()
export class PricesService implements OnModuleInit {
  private readonly logger = new Logger(PricesService.name);
  private readonly source: PriceSource;
  private readonly labels = new Set<string>();
  private readonly listeners: (() => void)[] = [];
  private current = new PriceList([]);
  private loadedAt = 0;
  private problems: readonly string[] = [];
  private fingerprint = '';
  /** Settles with the latest load: two at once could bring the older files into force. */
  private loading: Promise<void> = Promise.resolve();

  constructor(
    @Inject(USAGE_CONFIG) config: UsageConfig,
    private readonly clock: Clock,
  ) {
    this.source = new PriceSource(config.priceFile);
  }

  /** A broken PRICE_FILE is said aloud but stops no start: calls that it would price can be priced later. */
  async onModuleInit(): Promise<void> {
    await this.load();
    if (this.loadedAt === 0) await this.loadBuiltIn();
  }

  /** The prices in force now; never changed, so that a report stays with them to its end. */
  get list(): PriceList {
    return this.current;
  }

  /** What a call cost by the prices in force now. @see costOf */
  costOf(call: BilledCall): Cost {
    return costOf(call, this.current);
  }

  /** The label of a model in metrics, one of few: its name in the price file, or `other`. */
  labelOf(model: string): string {
    const name = this.current.find(model)?.name;
    if (name === undefined) return 'other';
    if (this.labels.size < MAX_LABELS) this.labels.add(name);
    return this.labels.has(name) ? name : 'other';
  }

  /** Called after other prices have come into force. */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  state(): PricesState {
    return { models: this.current.models, loadedAt: this.loadedAt, problems: this.problems };
  }

  /** The models of the price file, or the one that a call of this name would be priced as. */
  find(model: string | undefined): PricesState {
    const state = this.state();
    if (model === undefined) return state;
    const found = this.current.find(model);
    return { ...state, models: found === null ? [] : [found] };
  }

  /** Reads the files again. @throws PricesNotLoadedError when one is broken. */
  async reload(): Promise<PricesState> {
    await this.load();
    if (this.problems.length > 0) throw new PricesNotLoadedError(this.problems);
    return this.state();
  }

  /** Reads the files again when one of them has changed since they were read last. */
  async reloadIfChanged(): Promise<void> {
    if ((await this.source.fingerprint()) !== this.fingerprint) await this.load();
  }

  private load(): Promise<void> {
    const load = this.loading.then(() => this.loadOnce());
    this.loading = load.catch(() => undefined);
    return load;
  }

  private async loadOnce(): Promise<void> {
    // Taken before the files are read: a change meanwhile is then noticed the next time.
    this.fingerprint = await this.source.fingerprint();
    try {
      this.use(await this.source.read());
      loads.inc({ outcome: 'success' });
    } catch (error) {
      if (!(error instanceof PriceFileError)) throw error;
      this.problems = error.problems;
      loads.inc({ outcome: 'failure' });
      this.logger.error(`Prices were not loaded; those before stay in force: ${error.message}`);
    }
  }

  private async loadBuiltIn(): Promise<void> {
    const { problems } = this;
    this.use(await new PriceSource(undefined).read());
    this.problems = problems;
  }

  private use(models: PricedModel[]): void {
    const isFirst = this.loadedAt === 0;
    this.current = new PriceList(models);
    this.loadedAt = this.clock.now();
    this.problems = [];
    pricedModels.set(models.length);
    if (isFirst) return;
    this.logger.log(`Prices of ${models.length} models are in force`);
    for (const listener of this.listeners) listener();
  }
}
