import { domainOf, parseUrl, readDomain } from '../../../../common/domains/domain-name.js';
import { DomainSet } from '../../../../common/domains/domain-set.js';

/** What a person has set about the recording of browsing. */
export interface PrivacySettings {
  excluded_domains?: string[];
  keep_query_strings?: string[];
}

/** An address as it may be stored. */
export interface RecordedUrl {
  /** `null` for all but http and https. */
  domain: string | null;
  text: string;
}

// Their address is, or holds, the page itself.
const SCHEME_ALONE = /^\s*(blob|data|filesystem|javascript|view-source):/i;
const URL_LIKE = /^\s*(?:https?|blob|data|filesystem|javascript|view-source):/i;

/** Decides what of an address is stored: nothing of excluded domains, no query, fragment, user name or password. */
export class PrivacyRules {
  private readonly excluded: DomainSet;
  private readonly keepsQuery: DomainSet;

  constructor(settings: PrivacySettings = {}) {
    this.excluded = new DomainSet(settings.excluded_domains ?? []);
    this.keepsQuery = new DomainSet(settings.keep_query_strings ?? []);
  }

  /** @returns `null` for an address that is not to be stored at all. */
  record(text: string): RecordedUrl | null {
    const scheme = SCHEME_ALONE.exec(text)?.[1];
    if (scheme !== undefined)
      return this.hidesExcluded(text) ? null : { domain: null, text: `${scheme.toLowerCase()}:` };
    const url = parseUrl(text);
    const domain = url === null ? null : domainOf(url);
    if (url === null || domain === null) {
      // `bank.example/login` is no address, and still tells of one.
      const host = readDomain(text);
      return host !== null && this.excluded.covers(host) ? null : { domain: null, text: withoutQuery(text) };
    }
    if (this.excluded.covers(domain)) return null;
    const hasCredentials = url.username !== '' || url.password !== '';
    url.username = '';
    url.password = '';
    const open = hasCredentials ? url.href : text;
    return { domain, text: this.keepsQuery.covers(domain) ? open : withoutQuery(open) };
  }

  /** Whether a text in a payload is an address. */
  static isUrl(text: string): boolean {
    return URL_LIKE.test(text);
  }

  /** Whether it wraps an address of an excluded domain, as `view-source:https://bank.example` does. */
  private hidesExcluded(text: string): boolean {
    const inner = parseUrl(text.slice(text.indexOf(':') + 1));
    const domain = inner === null ? null : domainOf(inner);
    return domain !== null && this.excluded.covers(domain);
  }
}

function withoutQuery(url: string): string {
  const end = url.search(/[?#]/);
  return end === -1 ? url : url.slice(0, end);
}
