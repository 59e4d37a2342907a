import { Module } from '@nestjs/common';
import { ActivityModule } from '../../activity/activity.module.js';
import { ReportExportService } from './exports/report-export.service.js';
import { ReportNarrator } from './narrative/report-narrator.service.js';
import { ProductivityReportService } from './productivity-report.service.js';

/** The report itself; `tasks/` makes and serves it. */
@Module({
  imports: [ActivityModule],
  providers: [ProductivityReportService, ReportNarrator, ReportExportService],
  exports: [ProductivityReportService, ReportExportService],
})
export class ProductivityReportsModule {}
