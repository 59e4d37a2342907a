import type { Category } from '../../../../common/categories/category.js';
import { type CategoryTable } from '../../../../common/categories/category-table.js';
import { BROWSERS, KNOWN_APPS, OTHER_SITES, WORK_WORDS, type DistractionType, type KnownApp } from './app-table.js';
import { withoutBrowser } from './page-title.js';

/** What a window is, for the rules of discrepancies. */
export interface WindowJudgement {
  /** The app or, in a browser, the site, as reports name it; `null`: nothing that a rule is about. */
  subject: string | null;
  type: DistractionType | null;
  category: Category;
  /** The title speaks of work: a programming forum, a tutorial. */
  workContext: boolean;
}

const NOTHING: WindowJudgement = { subject: null, type: null, category: 'other', workContext: false };

const INVISIBLE = /[\p{Cc}\p{Cf}]/gu;
const SEPARATOR = /(\s[-–—|•·/]\s|:\s)/u;
const UNREAD_COUNT = /^\(\d{1,5}\+?\)\s/;
const PROGRAM_SUFFIX = /\.(?:exe|app)$/;
const NOT_OF_A_WORD = /[^\p{L}\p{N}+#]+/u;

const browsers = new Set(BROWSERS);
const otherSites = new Set(OTHER_SITES);
const workWords = new Set(WORK_WORDS);
const byApp = indexBy('apps');
const byTitle = indexBy('titles');
const byDomain = indexBy('domains');

/**
 * Of a browser only a telling title counts; of any other program its name.
 *
 * @param categories of the person who asks: their own entries win over the category of a game or shop, not over its type.
 */
export function judgeWindow(app: string, title: string, categories: CategoryTable): WindowJudgement {
  const program = app.replace(INVISIBLE, '').trim().toLowerCase().replace(PROGRAM_SUFFIX, '');
  if (browsers.has(program)) return judgePage(title, categories);
  const known = byApp.get(program);
  return known === undefined ? NOTHING : judgementOf(known, title, categories);
}

function judgePage(title: string, categories: CategoryTable): WindowJudgement {
  const { parts, last, page } = partsOf(title);
  if (parts.length === 0) return NOTHING;
  const known = byTitle.get(last) ?? byTitle.get(parts.at(-1)!) ?? siteBefore(parts);
  if (known !== undefined) return judgementOf(known, page, categories, shownDomains(known, parts));
  return judgeAddress([parts.at(-1)!, parts[0]!], page, categories);
}

/** Of a shop with several the one that the title names. */
function shownDomains({ domains = [] }: KnownApp, parts: readonly string[]): readonly string[] {
  const shown = domains.filter((domain) => domain === parts[0] || domain === parts.at(-1));
  return shown.length > 0 ? shown : domains;
}

/** The site that a title begins with, unless it ends with another that is known to write so. */
function siteBefore(parts: readonly string[]): KnownApp | undefined {
  return otherSites.has(parts.at(-1)!) ? undefined : byTitle.get(parts[0]!);
}

function judgeAddress(texts: readonly string[], title: string, categories: CategoryTable): WindowJudgement {
  for (const text of texts) {
    const host = hostOf(text);
    if (host === null) continue;
    const known = siteOf(host);
    if (known !== undefined) return judgementOf(known, title, categories, [host]);
    const category = categories.categoryOf(host);
    if (category === 'other') continue;
    const type = category === 'social' ? 'social_media' : null;
    return { subject: host, type, category, workContext: speaksOfWork(title) };
  }
  return NOTHING;
}

function judgementOf(
  known: KnownApp,
  title: string,
  categories: CategoryTable,
  hosts: readonly string[] = known.domains ?? [],
): WindowJudgement {
  const own = hosts.map((host) => categories.findOwn(host)).find((category) => category !== null);
  return {
    subject: known.name,
    type: known.type ?? null,
    category: known.type === undefined && own !== undefined ? own : known.category,
    workContext: speaksOfWork(title),
  };
}

/** Lower-case parts of a page's title without what the browser adds, the last with the separator before it, and all of it. */
function partsOf(title: string): { parts: string[]; last: string; page: string } {
  const clean = title.replace(INVISIBLE, '').trim().toLowerCase().replace(UNREAD_COUNT, '');
  const texts = withoutBrowser(clean.split(SEPARATOR), isSite);
  const parts = texts.filter((_, i) => i % 2 === 0).map((text) => text.trim());
  const separator = texts.length > 1 ? texts.at(-2)!.trim() : '';
  const last = `${separator} ${parts.at(-1) ?? ''}`.trim();
  return { parts: parts.filter((part) => part !== ''), last, page: texts.join('') };
}

/** Whether a last part says whose page it is. */
function isSite(part: string, separator: string): boolean {
  return byTitle.has(part) || byTitle.has(`${separator} ${part}`) || otherSites.has(part) || hostOf(part) !== null;
}

/** The host of a text that is an address as a whole. */
function hostOf(text: string): string | null {
  if (text.includes(' ') || !text.includes('.')) return null;
  const address = text.includes('://') ? text : `https://${text}`;
  if (!URL.canParse(address)) return null;
  return new URL(address).hostname.replace(/^www\./, '') || null;
}

function siteOf(host: string): KnownApp | undefined {
  for (let name = host; ; name = name.slice(name.indexOf('.') + 1)) {
    const known = byDomain.get(name);
    if (known !== undefined || !name.includes('.')) return known;
  }
}

function speaksOfWork(title: string): boolean {
  return title
    .toLowerCase()
    .split(NOT_OF_A_WORD)
    .some((word) => workWords.has(word));
}

function indexBy(key: 'apps' | 'titles' | 'domains'): ReadonlyMap<string, KnownApp> {
  return new Map(KNOWN_APPS.flatMap((app) => (app[key] ?? []).map((name) => [name, app] as const)));
}
