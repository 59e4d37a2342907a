import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../../../common/errors/domain.error.js';
import type { ProductivityReport } from '../productivity-report.js';

export const EXPORT_FORMATS = ['html', 'csv', 'json'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ReportExport {
  contentType: string;
  /** ASCII, safe in a header: `productivity-Turbo-2025-11-15-to-2025-11-23.html`. */
  fileName: string;
  /** Made piece by piece, so that a large report does not hold the event loop. */
  body: Readable;
}

@Injectable()
export class ReportExportService {
  render(_report: ProductivityReport, _format: ExportFormat): ReportExport {
    throw new UnavailableError('Reports cannot be exported yet');
  }
}
