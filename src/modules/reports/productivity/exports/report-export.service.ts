import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { DailyReportDto } from '../dto/daily-report.dto.js';
import type { ProductivityReport } from '../productivity-report.js';
import { DayReader, daysOf } from './day-reader.js';
import { reportCsv } from './csv-export.js';
import { reportPage } from './html/page.js';
import { streamedJson } from './json-export.js';

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

type Pieces = (report: ProductivityReport, days: DayReader) => AsyncIterable<string>;

const FORMATS: Readonly<Record<ExportFormat, { contentType: string; pieces: Pieces }>> = {
  html: { contentType: 'text/html; charset=utf-8', pieces: reportPage },
  csv: { contentType: 'text/csv; charset=utf-8', pieces: reportCsv },
  json: { contentType: 'application/json; charset=utf-8', pieces: streamedJson },
};

@Injectable()
export class ReportExportService {
  /** @param days all days of the report as a whole, which it may have without their hours. */
  render(
    report: ProductivityReport,
    format: ExportFormat,
    days: AsyncIterable<DailyReportDto> = daysOf(report),
  ): ReportExport {
    const { contentType, pieces } = FORMATS[format];
    const reader = new DayReader(days);
    return {
      contentType,
      fileName: `${fileStem(report)}.${format}`,
      body: Readable.from(joined(pieces(report, reader), reader), { objectMode: false }),
    };
  }
}

async function* joined(pieces: AsyncIterable<string>, days: DayReader): AsyncGenerator<Buffer, void, undefined> {
  const turns = new EventLoopTurns();
  let text = '';
  try {
    for await (const piece of pieces) {
      text += piece;
      if (text.length >= PIECE_LENGTH) {
        yield Buffer.from(text);
        text = '';
      }
      await turns.give();
    }
    if (text !== '') yield Buffer.from(text);
  } finally {
    await days.close();
  }
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
