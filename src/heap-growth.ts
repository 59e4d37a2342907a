import { setFlagsFromString } from 'node:v8';

/**
 * How far the heap may grow beyond what was in use after the last full collection, in percent. By itself V8 lets it become four
 * times as large before it collects again, so that a server which works on 100 MB takes 400 from the machine.
 */
const GROWTH_PERCENT = 35;

/** To be called first of all. Costs more, but shorter, collections. */
export function limitHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${GROWTH_PERCENT}`);
}
