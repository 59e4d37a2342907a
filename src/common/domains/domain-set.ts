import { readDomain, suffixesOf } from './domain-name.js';

/** Domains as a person lists them; each covers all below it: `bank.example` covers `www.bank.example`. */
export class DomainSet {
  private readonly domains: ReadonlySet<string>;

  /** What is no domain is left out. */
  constructor(texts: Iterable<string>) {
    this.domains = new Set([...texts].map(readDomain).filter((domain) => domain !== null));
  }

  get isEmpty(): boolean {
    return this.domains.size === 0;
  }

  /** @param domain in the form of `domainOf` */
  covers(domain: string): boolean {
    if (this.isEmpty) return false;
    for (const suffix of suffixesOf(domain)) if (this.domains.has(suffix)) return true;
    return false;
  }
}
