import { BROWSERS, PROFILE_AFTER, PROFILE_BEFORE } from './app-table.js';

const browsers = new Set(BROWSERS);
const profileAfter = new Set(PROFILE_AFTER);
const profileBefore = new Set(PROFILE_BEFORE);

const PRIVATE = /\s(?:\(?private browsing\)?|\((?:incognito|inprivate|private|guest)\))$/;
const STATE =
  /^(?:audio (?:playing|muted)|(?:camera|microphone|camera (?:and|or) microphone) recording|tab content shared|high memory usage|\[?inprivate\]?|\(?incognito\)?|private browsing)$/;
const MEMORY = /^\d{1,6}(?:[.,]\d{1,3})? ?[kmgt]b$/;
const MORE_PAGES = /\sand \d{1,5} more (?:pages?|tabs?)$/;

/** Whether a last part, with the separator before it, says whose page it is. */
export type IsSite = (part: string, separator: string) => boolean;

/**
 * A page's title without what browsers write behind it: their name, the profile before (`… - Personal - Microsoft Edge`)
 * or after it (`… - Google Chrome - Ann`), what the tab does (`… - Audio playing`), how many others there are.
 *
 * @param texts lower case: parts at even places, the separators between them at odd ones.
 */
export function withoutBrowser(texts: readonly string[], isSite: IsSite): string[] {
  const page = [...texts];
  dropProfileAfter(page, isSite);
  const name = dropNames(page);
  const others = lastOf(page).replace(MORE_PAGES, '');
  const hasOthers = others !== lastOf(page);
  page[page.length - 1] = others;
  if (!hasOthers && name !== undefined && profileBefore.has(name)) dropProfileBefore(page, isSite);
  return page;
}

/** A name that is followed by the name of a site was not written by the browser. */
function dropProfileAfter(page: string[], isSite: IsSite): void {
  for (let i = page.length - 1; i > 1; i -= 2) {
    const part = page[i]!.trim();
    if (profileAfter.has(part.replace(PRIVATE, ''))) {
      page.length = i + 1;
      return;
    }
    if (isSite(part, page[i - 1]!.trim())) return;
  }
}

/** @returns the name nearest to the page. */
function dropNames(page: string[]): string | undefined {
  let name: string | undefined;
  while (page.length > 1) {
    const part = lastOf(page).replace(PRIVATE, '');
    if (browsers.has(part)) name = part;
    else if (!isState(page, part)) break;
    page.length -= 2;
  }
  return name;
}

function isState(page: readonly string[], part: string): boolean {
  return STATE.test(part) || (MEMORY.test(part) && page.at(-3)?.trim() === 'high memory usage');
}

/** Titles of one profile only have none: a site right before the browser's name is no profile. */
function dropProfileBefore(page: string[], isSite: IsSite): void {
  if (page.length < 3 || page.at(-2)!.trim() !== '-' || isSite(lastOf(page), '-')) return;
  page.length -= 2;
  page[page.length - 1] = lastOf(page).replace(MORE_PAGES, '');
  dropNames(page);
}

function lastOf(page: readonly string[]): string {
  return page.at(-1)!.trim();
}
