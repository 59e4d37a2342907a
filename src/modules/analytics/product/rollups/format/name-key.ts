import { hash } from 'node:crypto';

const HEX_DIGITS = 32;

/** Under which the actors of an event name are kept: a name itself may be no field of a document. */
export function nameKey(eventName: string): string {
  return hash('sha256', eventName, 'hex').slice(0, HEX_DIGITS);
}
