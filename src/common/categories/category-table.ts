import { getDomain } from 'tldts';
import { readDomain, suffixesOf } from '../domains/domain-name.js';
import type { Category } from './category.js';
import { CATEGORY_DEFAULTS } from './category-defaults.js';

const DEFAULTS: ReadonlyMap<string, Category> = new Map(
  Object.entries(CATEGORY_DEFAULTS).flatMap(([category, domains]) =>
    domains.map((domain) => [domain, category as Category] as const),
  ),
);

/**
 * Which category a domain has: the product's one table, with a person's own entries in it. An entry covers the domain
 * and all below it, and the longest entry wins: `github.com` covers `gist.github.com`, not `notgithub.com`. A public
 * suffix (`com`, `co.uk`) covers nothing but a host of just that name.
 */
export class CategoryTable {
  private readonly overrides: ReadonlyMap<string, Category>;

  /** @param overrides a person's `settings.categorization`: domains as people write them. */
  constructor(overrides: Readonly<Record<string, Category>> = {}) {
    this.overrides = new Map(
      Object.entries(overrides).flatMap(([text, category]) => {
        const domain = readDomain(text);
        return domain === null ? [] : [[domain, category] as const];
      }),
    );
  }

  /** `other` for what no entry covers, and for what is no host at all. */
  categoryOf(host: string): Category {
    return this.find(host) ?? 'other';
  }

  /** `null` where no entry covers the host. */
  find(host: string): Category | null {
    return findIn(host, (domain) => this.overrides.get(domain) ?? DEFAULTS.get(domain));
  }

  /** Of the person's own entries only; `null` where none covers the host, or where one of the product covers less. */
  findOwn(host: string): Category | null {
    const own = (domain: string): Category | null | undefined =>
      this.overrides.get(domain) ?? (DEFAULTS.has(domain) ? null : undefined);
    return this.overrides.size === 0 ? null : findIn(host, own);
  }
}

function findIn<T>(host: string, entryOf: (domain: string) => T | undefined): T | null {
  const domain = readDomain(host);
  if (domain === null) return null;
  const registrable = getDomain(domain);
  for (const suffix of suffixesOf(domain)) {
    const entry = entryOf(suffix);
    if (entry !== undefined) return entry;
    // Beyond it are public suffixes, which are nobody's.
    if (suffix === registrable || registrable === null) break;
  }
  return null;
}
