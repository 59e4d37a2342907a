import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../../common/errors/domain.error.js';
import type { BuildOptions, BuiltReport, ProductivityReportRequest, ReportVersion } from './productivity-report.js';

/** Makes reports from activity points. Who may ask for one is not judged here. */
@Injectable()
export class ProductivityReportService {
  /** What a report on this request would be made from now: the key of a cache. */
  versionOf(
    _request: ProductivityReportRequest,
    _options: Pick<BuildOptions, 'signal' | 'apiKey'> = {},
  ): Promise<ReportVersion> {
    throw new UnavailableError('Reports cannot be made yet');
  }

  /**
   * @throws InvalidInputError when the period is reversed, longer than 92 days, or a weekly one is not 7 days;
   *   a DomainError with a sentence that names the cause when the points cannot be read.
   */
  build(_request: ProductivityReportRequest, _options: BuildOptions = {}): Promise<BuiltReport> {
    throw new UnavailableError('Reports cannot be made yet');
  }
}
