import { FIRST_DOMAIN, NO_DOMAIN, STATES, type EventColumns } from '../../../events/browser/days/event-columns.js';
import { NOWHERE, type Signal, type SignalKind } from './browser-state.js';

const KINDS: ReadonlyMap<string, SignalKind> = new Map([
  ['TAB_ACTIVATED', 'activated'],
  ['TAB_CREATED', 'opened'],
  ['TAB_UPDATED', 'opened'],
  ['TAB_REMOVED', 'closed'],
  ['WINDOW_FOCUS_CHANGED', 'focus'],
  ['IDLE_STATE_CHANGED', 'idle'],
]);

const ACTIVE = STATES.indexOf('active');

/** Gives each domain a number for one run. */
export class DomainNumbers {
  readonly names: string[] = [];
  private readonly numbers = new Map<string, number>();

  numberOf(domain: string): number {
    let number = this.numbers.get(domain);
    if (number === undefined) {
      number = this.names.push(domain) - 1;
      this.numbers.set(domain, number);
    }
    return number;
  }
}

/**
 * Hands over the events of a piece as signals.
 * @param take gets one object that is filled anew for each; false stops.
 */
export function forEachSignal(
  { count, start, offsets, types, domains, tabs, windows, devices, states, names }: EventColumns,
  numbers: DomainNumbers,
  take: (signal: Signal) => boolean,
): void {
  const kinds = names.types.map((type) => KINDS.get(type) ?? 'other');
  const known = names.domains.map((domain) => numbers.numberOf(domain));
  const signal: Signal = { at: 0, kind: 'other', tab: null, window: null, domain: null, isActive: null, device: '' };
  for (let i = 0; i < count; i++) {
    const domain = domains[i]!;
    const state = states[i]!;
    signal.at = start + offsets[i]!;
    signal.kind = kinds[types[i]!]!;
    signal.tab = tabs[i] === 0 ? null : names.tabs[tabs[i]! - 1]!;
    signal.window = windows[i] === 0 ? null : names.windows[windows[i]! - 1]!;
    signal.domain = domain >= FIRST_DOMAIN ? known[domain - FIRST_DOMAIN]! : domain === NO_DOMAIN ? NOWHERE : null;
    signal.isActive = state === 0 ? null : state === ACTIVE;
    signal.device = devices[i] === 0 ? '' : names.devices[devices[i]! - 1]!;
    if (!take(signal)) return;
  }
}
