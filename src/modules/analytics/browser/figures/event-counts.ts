import { FIRST_DOMAIN, type EventColumns } from '../../../events/browser/days/event-columns.js';

/** Looks at the events of a piece from position `from` to `toExclusive`. */
export interface EventVisitor {
  visit(columns: EventColumns, from: number, toExclusive: number): void;
}

/** How many events there are, of which types and domains. */
export class EventCounts implements EventVisitor {
  total = 0;
  /** Those with a domain. */
  withDomain = 0;
  readonly types = new Map<string, number>();
  readonly domains = new Map<string, number>();

  visit({ types, domains, names }: EventColumns, from: number, toExclusive: number): void {
    const ofTypes = new Uint32Array(names.types.length);
    const ofDomains = new Uint32Array(names.domains.length + FIRST_DOMAIN);
    for (let i = from; i < toExclusive; i++) {
      ofTypes[types[i]!]!++;
      ofDomains[domains[i]!]!++;
    }
    this.total += toExclusive - from;
    names.types.forEach((type, position) => add(this.types, type, ofTypes[position]!));
    names.domains.forEach((domain, position) => {
      const count = ofDomains[position + FIRST_DOMAIN]!;
      this.withDomain += count;
      add(this.domains, domain, count);
    });
  }
}

/** The largest first; of equal ones the first by name. */
export function ranked(counts: ReadonlyMap<string, number>): [name: string, count: number][] {
  return [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
}

function add(counts: Map<string, number>, name: string, count: number): void {
  if (count > 0) counts.set(name, (counts.get(name) ?? 0) + count);
}
