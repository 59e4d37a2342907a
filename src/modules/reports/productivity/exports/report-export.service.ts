import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { ProductivityReport } from '../productivity-report.js';
import { reportCsv } from './csv-export.js';
import { reportPage } from './html/page.js';
import { reportJson } from './json-export.js';

export const EXPORT_FORMATS = ['html', 'csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ReportExport {
  contentType: string;
  /** ASCII, safe in a header: `productivity-Turbo-2025-11-15-to-2025-11-23.html`. */
  fileName: string;
  /** Made piece by piece, so that a large report does not hold the event loop. */
  body: Readable;
}

/** Small pieces are joined to about this many characters. */
const PIECE_LENGTH = 64 * 1024;

const FORMATS: Readonly<
  Record<ExportFormat, { contentType: string; pieces: (report: ProductivityReport) => Iterable<string> }>
> = {
  html: { contentType: 'text/html; charset=utf-8', pieces: reportPage },
  csv: { contentType: 'text/csv; charset=utf-8', pieces: reportCsv },
  json: { contentType: 'application/json; charset=utf-8', pieces: reportJson },
};

@Injectable()
export class ReportExportService {
  render(report: ProductivityReport, format: ExportFormat): ReportExport {
    const { contentType, pieces } = FORMATS[format];
    return {
      contentType,
      fileName: `${fileStem(report)}.${format}`,
      body: Readable.from(joined(pieces(report)), { objectMode: false }),
    };
  }
}

async function* joined(pieces: Iterable<string>): AsyncGenerator<Buffer, void, undefined> {
  const turns = new EventLoopTurns();
  let text = '';
  for (const piece of pieces) {
    text += piece;
    if (text.length >= PIECE_LENGTH) {
      yield Buffer.from(text);
      text = '';
    }
    await turns.give();
  }
  if (text !== '') yield Buffer.from(text);
}

function fileStem({ organizations, periodAnalyzed: { startDate, endDate } }: ProductivityReport): string {
  const people = organizations.flatMap(({ users }) => users);
  const names = [
    ...organizations.map(({ organizationName }) => organizationName),
    ...(people.length === 1 ? [people[0]!.userName] : []),
  ];
  const days = startDate === endDate ? startDate : `${startDate}-to-${endDate}`;
  return ['productivity', ...names.map(asciiName).filter((part) => part !== ''), days].join('-');
}

function asciiName(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/^[-.]|-$/g, '')
    .slice(0, 60);
}
