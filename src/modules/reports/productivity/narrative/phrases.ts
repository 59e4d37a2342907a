import { cleanUntrusted } from '../../../../infra/ai/clean-text.js';
import { toMinutes } from '../figures/rounding.js';

const MINUTE_MS = 60_000;
const LONGEST_NAME = 60;

/** `6 h 15 min`, `2 h`; below an hour `18.2 min`, as the figures show it. */
export function durationText(milliseconds: number): string {
  if (toMinutes(milliseconds) < 60) return `${toMinutes(milliseconds)} min`;
  const minutes = Math.round(milliseconds / MINUTE_MS);
  const rest = minutes % 60;
  const hours = `${(minutes - rest) / 60} h`;
  return rest === 0 ? hours : `${hours} ${rest} min`;
}

/** A name from outside within a sentence: visible characters on one line, not too many, and nothing that could be a tag. */
export function nameText(name: string): string {
  return cleanUntrusted(name.replace(/[<>]/g, ''), LONGEST_NAME);
}
