import type { Fact } from './fact.js';
import { durationText } from './words.js';

/** A fact as a person reads it, ready to be copied into prose: "6 h 15 min", "72.4 %", "14:00". */
export function factText(fact: Fact): string {
  if ('date' in fact) return fact.date;
  const { value, unit } = fact;
  const number = String(Math.round(value * 100) / 100);
  switch (unit) {
    case 'minutes':
      return durationText(value);
    case 'seconds':
      return durationText(value / 60);
    case 'hours':
      return durationText(value * 60);
    case 'percent':
      return `${number} %`;
    case 'days':
      return `${number} ${value === 1 ? 'day' : 'days'}`;
    case 'rank':
      return `rank ${number}`;
    case 'hourOfDay':
      return `${String(value).padStart(2, '0')}:00`;
    case 'minuteOfDay':
      return `${String(Math.floor(value / 60)).padStart(2, '0')}:${String(value % 60).padStart(2, '0')}`;
    case 'ratio':
      return value.toFixed(2);
    case 'count':
    case 'score':
    case 'year':
      return number;
  }
}
