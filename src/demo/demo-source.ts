import type { Type } from '@nestjs/common';
import type { DemoApi } from './demo-api.client.js';

/** What a source of demo data works with. */
export interface DemoContext {
  /** Acts for the demo account. */
  api: DemoApi;
  /** When the demo began, epoch milliseconds: the same at every start on one folder, so data made from it is too. */
  anchor: number;
  /** IANA zone of the machine. */
  timeZone: string;
  /** What to tell the reader beside the account, by label; a source adds its own. */
  facts: Map<string, string>;
  /** A service of the running server: for data that clients cannot send, since they come from somewhere else. */
  resolve: <T>(service: Type<T>) => T;
  showProgress: (done: number, total: number) => void;
}

/** Demo data of one module. Register it in `demo-sources.ts`. */
export interface DemoSource {
  /** Shown while it is loaded. */
  name: string;
  /** Loads the data over HTTP, as a client would, where one can. Quick and without effect when it is there already. */
  seed(context: DemoContext): Promise<void>;
  /** Commands worth running; asked after `seed`. */
  curls(context: DemoContext): string[];
}
