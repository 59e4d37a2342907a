import type { DateFact, Fact, FactUnit, NumberFact } from '../fact.js';
import type { Claim } from './claim.js';

const SECONDS: Partial<Record<FactUnit, number>> = { seconds: 1, minutes: 60, hours: 3600 };
/** What rounding to whole hours or weeks may hide: 6 hours for 6 h 15 min, but not 1 hour for 40 minutes. */
const COARSE_SHARE = 0.05;
/** Of the size of a figure: what floating point adds. */
const EPSILON = 1e-9;
/** "7 out of 10" claims to be exact. */
const EXACT_SHARE = 0.0005;
const RATE_LABEL = /average|mean|median|typical|\bper\b|daily|hourly|weekly|\ba day\b|\beach\b|\bevery\b/i;
const FACTOR_LABEL = /compar|before|previous|than|factor|times|growth|change|\bvs\b|versus/i;

/** The facts in the forms in which claims ask for them. */
export class FactBook {
  readonly numbers: readonly NumberFact[];
  readonly dates: readonly DateFact[];

  /** @param about where facts of a unit have this name in their labels, no others of that unit are looked at. */
  constructor(
    private readonly facts: readonly Fact[],
    private readonly about?: string,
  ) {
    this.numbers = facts.filter((fact): fact is NumberFact => 'value' in fact && Number.isFinite(fact.value));
    this.dates = facts.filter((fact): fact is DateFact => 'date' in fact);
  }

  of(...units: FactUnit[]): NumberFact[] {
    const ofUnits = this.numbers.filter(({ unit }) => units.includes(unit));
    const named = this.about === undefined ? [] : ofUnits.filter(({ label }) => hasName(label, this.about));
    return named.length > 0 ? named : ofUnits;
  }

  focusedOn(name: string): FactBook {
    return new FactBook(this.facts, name);
  }

  has(unit: FactUnit, value: number): boolean {
    return this.of(unit).some((fact) => Math.abs(fact.value - value) < EPSILON);
  }
}

const WITH_SIGN: readonly Claim['kind'][] = [
  'duration',
  'days',
  'percent',
  'fraction',
  'times',
  'count',
  'number',
  'score',
];

/** Whether some fact is what the claim says, up to the rounding that is shown. */
export function isTrue(claim: Claim, facts: FactBook): boolean {
  if (claim.isNegative === true && !WITH_SIGN.includes(claim.kind)) return false;
  const book = claim.about === undefined ? facts : facts.focusedOn(claim.about);
  switch (claim.kind) {
    case 'refused':
      return false;
    case 'duration':
      return book
        .of('seconds', 'minutes', 'hours')
        .some((fact) => equals(claim, fact, fact.value * (SECONDS[fact.unit] ?? 1)));
    case 'days':
      return book.of('days').some((fact) => equals(claim, fact, fact.value));
    case 'percent':
      return shares(book).some(([fact, share]) => equals(claim, fact, share * 100));
    case 'fraction':
      return shares(book).some(([fact, share]) => equals(claim, fact, share));
    case 'times':
      return book.of('ratio').some((fact) => isFactor(fact) && equals(claim, fact, fact.value));
    case 'pair':
      return isTruePair(claim, book);
    case 'count':
      return isTrueCount(claim, book);
    case 'number':
      return isTrueBareNumber(claim, book);
    case 'score':
      return book.of('score').some((fact) => equals(claim, fact, fact.value));
    case 'rank':
      return book.has('rank', claim.value);
    case 'ordinal':
      return isTrueOrdinal(claim, book);
    case 'year':
      return (
        book.has('year', claim.value) ||
        book.dates.some(({ date }) => Number(date.slice(0, 4)) === claim.value) ||
        isTrueCount(claim, book)
      );
    case 'clock':
      return isTrueClock(claim.value, book);
    case 'hourRange':
      return isTrueHourRange(claim.value, claim.second ?? 0, book);
    case 'weekday':
      return book.dates.some(({ date }) => isoWeekdayOf(date) === claim.value);
    case 'date':
      return book.dates.some(({ date }) => date === claim.date);
    case 'month':
      return book.dates.some(({ date }) => isMonth(date, claim.value, claim.second));
    case 'monthDay':
      return book.dates.some(({ date }) => isMonth(date, claim.value) && Number(date.slice(8)) === claim.second);
  }
}

/** `actual` is the fact in the unit of the claim. Counts are exact because they are whole: see `isTrueCount`. */
function equals(claim: Claim, fact: NumberFact, actual: number): boolean {
  if (claim.isRate === true && !RATE_LABEL.test(fact.label ?? '')) return false;
  if (claim.isNegative === true && !(actual < 0)) return false;
  // "5 % less" is said of -5.
  const size = Math.abs(actual);
  if (claim.value === 0 && size > EPSILON) return false;
  const difference = Math.abs(claim.value - size);
  if (difference > claim.step / 2 + EPSILON * Math.max(1, size)) return false;
  if (claim.isCoarse === true && difference > COARSE_SHARE * size + EPSILON) return false;
  if (claim.bound === 'over' && size < claim.value - EPSILON) return false;
  return claim.bound !== 'under' || size <= claim.value + EPSILON;
}

/** Whether a label speaks of this very name: "time on github.com", not "time on gist.github.com". */
function hasName(label: string | undefined, name: string | undefined): boolean {
  return name !== undefined && ` ${label?.toLowerCase() ?? ''} `.includes(` ${name} `);
}

function shares(book: FactBook): [NumberFact, number][] {
  const facts = book.of('percent', 'ratio').filter((fact) => fact.unit === 'percent' || !isFactor(fact));
  return facts.map((fact) => [fact, fact.unit === 'percent' ? fact.value / 100 : fact.value]);
}

/** A ratio that compares ("twice the week before") and not a part of a whole ("half of the day"). */
function isFactor({ label }: NumberFact): boolean {
  return FACTOR_LABEL.test(label ?? '');
}

/** "The number of events was 12": the words before it say what it is, and must be those of the fact. */
function isTrueBareNumber(claim: Claim, book: FactBook): boolean {
  const facts = claim.step < 1 ? book.of('count', 'score', 'ratio') : book.of('count', 'score');
  return facts.some((fact) => isAbout(claim, fact) && equals(claim, fact, fact.value));
}

function isAbout({ nouns = [] }: Claim, { label = '' }: NumberFact): boolean {
  return nouns.some((noun) => namesIt(label, noun));
}

/**
 * A count must be exact and, where labels say what is counted, of that: with 3 critical discrepancies and 12 events,
 * neither "12 critical discrepancies" nor "12 meetings" is true although 12 is a fact.
 */
function isTrueCount(claim: Claim, book: FactBook): boolean {
  return book
    .of('count')
    .some((fact) => (fact.label === undefined || isAbout(claim, fact)) && equals(claim, fact, fact.value));
}

function namesIt(label: string, noun: string): boolean {
  const words = label
    .toLowerCase()
    .split(/[^a-z]+/)
    .map(singular);
  return words.includes(singular(noun));
}

function singular(word: string): string {
  if (word.endsWith('ies')) return `${word.slice(0, -3)}y`;
  return word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** "7/10": of two counts, of a score in a hundred, or as a share. */
function isTruePair(claim: Claim, book: FactBook): boolean {
  const { value, second = 1 } = claim;
  if (book.has('count', value) && book.has('count', second)) return true;
  if (second === 100 && book.of('score').some((fact) => equals(claim, fact, fact.value))) return true;
  return value > 0 && shares(book).some(([, share]) => Math.abs(share - value / second) < EXACT_SHARE);
}

/** A rank, or the day of a date. Being first says nothing where nobody is ranked. */
function isTrueOrdinal(claim: Claim, book: FactBook): boolean {
  const ranks = book.of('rank');
  if (ranks.some(({ value }) => value === claim.value)) return true;
  if (claim.value === 1 && ranks.length === 0) return true;
  return book.dates.some(({ date }) => Number(date.slice(8)) === claim.value);
}

function isTrueClock(minuteOfDay: number, book: FactBook): boolean {
  return book.has('minuteOfDay', minuteOfDay) || (minuteOfDay % 60 === 0 && book.has('hourOfDay', minuteOfDay / 60));
}

/** From one time to another; the hour that begins at a fact ends an hour later. */
function isTrueHourRange(from: number, to: number, book: FactBook): boolean {
  if (!isTrueClock(from, book)) return false;
  const isThatHour = from % 60 === 0 && book.has('hourOfDay', from / 60) && to === (from + 60) % 1440;
  return isThatHour || isTrueClock(to, book);
}

function isMonth(date: string, month: number, year?: number): boolean {
  return Number(date.slice(5, 7)) === month && (year === undefined || Number(date.slice(0, 4)) === year);
}

function isoWeekdayOf(date: string): number {
  return new Date(`${date}T00:00:00Z`).getUTCDay() || 7;
}
