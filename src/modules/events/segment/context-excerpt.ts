import { isCleanText } from '../product/clean-text.js';
import { isObject } from './json-value.js';

/** Longer texts are left out rather than cut: half an address is no address. */
const MAX_TEXT_LENGTH = 512;

/**
 * What is kept of a message's `context`, by the names that Segment's own warehouses give these fields. The rest is
 * thrown away, above all what identifies a person or a device: `ip`, `userAgent`, `device`, `location`, `traits`.
 */
const KEPT: readonly { part: string; fields: readonly string[] }[] = [
  { part: 'library', fields: ['name'] },
  { part: 'app', fields: ['name', 'version'] },
  { part: 'os', fields: ['name'] },
  { part: 'page', fields: ['path', 'title', 'url', 'referrer'] },
  { part: 'campaign', fields: ['name', 'source', 'medium', 'term', 'content'] },
];

/** Query strings and fragments carry tokens and e-mail addresses. */
const ADDRESSES = new Set(['path', 'url', 'referrer']);

/** Flat: `context_page_path`, `context_campaign_source`, … Never throws; what is not as expected is left out. */
export function excerptContext(context: unknown): Record<string, string> {
  const excerpt: Record<string, string> = {};
  if (!isObject(context)) return excerpt;
  keep(excerpt, 'context_locale', context['locale']);
  for (const { part, fields } of KEPT) {
    const values = context[part];
    if (!isObject(values)) continue;
    for (const field of fields) {
      const value = values[field];
      const text = typeof value === 'string' && ADDRESSES.has(field) ? value.split(/[?#]/, 1)[0] : value;
      keep(excerpt, `context_${part}_${field}`, text);
    }
  }
  return excerpt;
}

function keep(excerpt: Record<string, string>, name: string, value: unknown): void {
  if (typeof value !== 'string' || value === '' || value.length > MAX_TEXT_LENGTH || !isCleanText(value)) return;
  excerpt[name] = value;
}
