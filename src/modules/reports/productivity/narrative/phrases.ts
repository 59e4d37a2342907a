import { toMinutes } from '../figures/rounding.js';

const MINUTE_MS = 60_000;

/** `6 h 15 min`, `2 h`; below an hour `18.2 min`, as the figures show it. */
export function durationText(milliseconds: number): string {
  if (toMinutes(milliseconds) < 60) return `${toMinutes(milliseconds)} min`;
  const minutes = Math.round(milliseconds / MINUTE_MS);
  const rest = minutes % 60;
  const hours = `${(minutes - rest) / 60} h`;
  return rest === 0 ? hours : `${hours} ${rest} min`;
}

/** `3 discrepancies`, `1 discrepancy`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** A name from outside within a sentence: without control and direction characters, brackets, and what is too long. */
export function nameText(name: string): string {
  const clean = name
    .replace(/[\p{Cc}\p{Cf}]/gu, '')
    .replace(/[<>]/g, '')
    .trim();
  const characters = [...clean];
  return characters.length > 60 ? `${characters.slice(0, 59).join('')}…` : clean;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}
