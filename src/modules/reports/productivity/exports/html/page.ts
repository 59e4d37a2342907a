import { createHash } from 'node:crypto';
import type { ProductivityReport } from '../../productivity-report.js';
import type { DayReader } from '../day-reader.js';
import { daySection } from './day-section.js';
import { periodText } from './figures.js';
import { markup, Markup, NOTHING } from './markup.js';
import { name } from './page-parts.js';
import { PAGE_STYLES } from './page-styles.js';
import { teamSection } from './team-section.js';
import { userSectionEnd, userSectionStart } from './user-section.js';

/** A link list helps from this many people on. */
const FEW_PEOPLE = 2;

// Nothing is loaded and nothing runs; only this very style sheet applies.
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(PAGE_STYLES).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The report as one page without scripts or anything from elsewhere, one day at a time. */
export async function* reportPage(
  report: ProductivityReport,
  days: DayReader,
): AsyncGenerator<string, void, undefined> {
  yield head(report).text;
  for (const [o, organization] of report.organizations.entries()) {
    yield organizationHeader(report, organization.organizationName, organization.users.length).text;
    if (organization.users.length >= FEW_PEOPLE) {
      const links = organization.users.map(
        ({ userName }, u) => markup`<li><a href="#${idOf(o, u)}">${name(userName)}</a></li>`,
      );
      yield markup`<nav aria-label="People">
        <ul>
          ${links}
        </ul>
      </nav>
      `.text;
    }
    yield '<main>\n';
    yield teamSection(organization).text;
    for (const [u, user] of organization.users.entries()) {
      yield userSectionStart(user, idOf(o, u)).text;
      for (let i = 0; i < user.dailyReports.length; i++) yield daySection(await days.next()).text;
      yield userSectionEnd.text;
    }
    yield '</main>\n';
  }
  yield foot(report).text;
}

function head({ organizations, periodAnalyzed }: ProductivityReport): Markup {
  const { startDate, endDate } = periodAnalyzed;
  const title = `${organizations.map(({ organizationName }) => organizationName).join(', ')}, ${periodText(startDate, endDate)}`;
  return markup`<!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${POLICY}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="referrer" content="no-referrer">
    <meta name="robots" content="noindex">
    <title>Productivity report: ${title}</title>
    <style>${new Markup(PAGE_STYLES)}</style>
    </head>
    <body>
  `;
}

function organizationHeader({ periodAnalyzed }: ProductivityReport, organization: string, people: number): Markup {
  const { startDate, endDate, timeZone } = periodAnalyzed;
  return markup`<header>
    <p class="kicker">Productivity report</p>
    <h1>${name(organization)}</h1>
    <p>${periodText(startDate, endDate)} · ${people === 1 ? '1 person' : `${people} people`} · times in ${timeZone}</p>
  </header>
  `;
}

function foot({ generatedAt, narrative }: ProductivityReport): Markup {
  const model = narrative.model === undefined ? NOTHING : markup` (<bdi>${narrative.model}</bdi>)`;
  const words = narrative.source === 'model' ? markup`by a language model${model}` : markup`from templates`;
  const made = `${generatedAt.slice(0, 16).replace('T', ' ')} UTC`;
  return markup`<footer>
    <p>Made by Almanac on <time datetime="${generatedAt}">${made}</time>. All figures are computed from the tracked points;
    the words are ${words}. Active wins over idle and idle over away, over all computers of a person; what was not tracked
    is neither.</p>
    </footer>
    </body>
    </html>
  `;
}

function idOf(organization: number, user: number): string {
  return `person-${organization + 1}-${user + 1}`;
}
