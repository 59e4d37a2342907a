/** Is shown the time that a person spent on domains, in order and without overlaps. */
export interface TimeVisitor {
  credit(domain: string, from: number, toExclusive: number): void;
}

export interface DomainStretch {
  domain: string;
  from: number;
  toExclusive: number;
}

/** The longest time on one domain that nothing interrupted; of equal ones the first. */
export class LongestStretch implements TimeVisitor {
  private current: DomainStretch | null = null;
  private best: DomainStretch | null = null;

  get longest(): DomainStretch | null {
    return this.best;
  }

  credit(domain: string, from: number, toExclusive: number): void {
    if (this.current?.domain === domain && this.current.toExclusive === from) this.current.toExclusive = toExclusive;
    else this.current = { domain, from, toExclusive };
    if (this.best === null || lengthOf(this.current) > lengthOf(this.best)) this.best = this.current;
  }
}

function lengthOf({ from, toExclusive }: DomainStretch): number {
  return toExclusive - from;
}
