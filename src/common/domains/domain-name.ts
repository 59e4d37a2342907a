const MAX_DOMAIN_LENGTH = 253;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}$/;

/**
 * The domain of a web page: its host in lower case (international names in punycode) without port, leading `www.` and
 * trailing dot. `null` for all but http and https.
 */
export function domainOf(url: URL): string | null {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  let host = url.hostname;
  if (host.endsWith('.')) host = host.slice(0, -1);
  // `www.com` is itself a domain.
  if (host.startsWith('www.') && host.includes('.', 4)) host = host.slice(4);
  return host === '' || host.length > MAX_DOMAIN_LENGTH ? null : host;
}

/**
 * A domain as a person writes it (`GitHub.com`, `www.github.com`, `*.github.com`, `https://github.com/login`) in the
 * form of `domainOf`, or `null` when it is none.
 */
export function readDomain(text: string): string | null {
  const trimmed = text.trim().replace(/^\*?\./, '');
  const hasScheme = /^https?:\/\//i.test(trimmed);
  const url = parseUrl(hasScheme ? trimmed : `http://${trimmed}`);
  return url === null || url.hostname.includes('*') ? null : domainOf(url);
}

/** `URL.parse`, which older releases of Node 20 lack. */
export function parseUrl(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** The domain itself and the domains that it belongs to, the longest first; an IP address belongs to none. */
export function* suffixesOf(domain: string): Generator<string, void, undefined> {
  yield domain;
  if (IPV4.test(domain) || domain.startsWith('[')) return;
  for (let dot = domain.indexOf('.'); dot !== -1; dot = domain.indexOf('.', dot + 1)) yield domain.slice(dot + 1);
}
