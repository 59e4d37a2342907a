import type { Category } from '../../../../common/categories/category.js';
import { CategoryTable } from '../../../../common/categories/category-table.js';
import { BROWSERS, KNOWN_APPS, OTHER_SITES, WORK_WORDS, type DistractionType, type KnownApp } from './app-table.js';

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
const categories = new CategoryTable();

/** Of a browser only a telling title counts; of any other program its name. */
export function judgeWindow(app: string, title: string): WindowJudgement {
  const program = app.replace(INVISIBLE, '').trim().toLowerCase().replace(PROGRAM_SUFFIX, '');
  if (browsers.has(program)) return judgePage(title);
  const known = byApp.get(program);
  return known === undefined ? NOTHING : judgementOf(known, title);
}

function judgePage(title: string): WindowJudgement {
  const { parts, last } = partsOf(title);
  if (parts.length === 0) return NOTHING;
  const known = byTitle.get(last) ?? byTitle.get(parts.at(-1)!) ?? siteBefore(parts);
  if (known !== undefined) return judgementOf(known, title);
  return judgeAddress([parts.at(-1)!, parts[0]!], title);
}

/** The site that a title begins with, unless it ends with another that is known to write so. */
function siteBefore(parts: readonly string[]): KnownApp | undefined {
  return otherSites.has(parts.at(-1)!) ? undefined : byTitle.get(parts[0]!);
}

function judgeAddress(texts: readonly string[], title: string): WindowJudgement {
  for (const text of texts) {
    const host = hostOf(text);
    if (host === null) continue;
    const known = siteOf(host);
    if (known !== undefined) return judgementOf(known, title);
    const category = categories.categoryOf(host);
    if (category === 'other') continue;
    const type = category === 'social' ? 'social_media' : null;
    return { subject: host, type, category, workContext: speaksOfWork(title) };
  }
  return NOTHING;
}

function judgementOf(known: KnownApp, title: string): WindowJudgement {
  return {
    subject: known.name,
    type: known.type ?? null,
    category: known.category,
    workContext: speaksOfWork(title),
  };
}

/** Lower-case parts of a page's title without the browser's own name, and the last with the separator before it. */
function partsOf(title: string): { parts: string[]; last: string } {
  const texts = title.replace(INVISIBLE, '').trim().toLowerCase().replace(UNREAD_COUNT, '').split(SEPARATOR);
  while (texts.length > 1 && browsers.has(texts.at(-1)!.trim())) texts.length -= 2;
  const parts = texts.filter((_, i) => i % 2 === 0).map((text) => text.trim());
  const separator = texts.length > 1 ? texts.at(-2)!.trim() : '';
  return { parts: parts.filter((part) => part !== ''), last: `${separator} ${parts.at(-1) ?? ''}`.trim() };
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
