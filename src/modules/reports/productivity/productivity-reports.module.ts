import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { ActivityModule } from '../../activity/activity.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { ReportExportService } from './exports/report-export.service.js';
import { NARRATION_MODEL, NarrationSchema } from './narrative/narration.schema.js';
import { NarrationsCleanupJob } from './narrative/narrations-cleanup.job.js';
import { NarrationsRepository } from './narrative/narrations.repository.js';
import { ReportNarrator } from './narrative/report-narrator.service.js';
import { ProductivityReportService } from './productivity-report.service.js';

/** The report itself; `tasks/` makes and serves it. */
@Module({
  imports: [
    ActivityModule,
    AuthModule,
    MongooseModule.forFeature([{ name: NARRATION_MODEL, schema: NarrationSchema }]),
  ],
  providers: [
    ProductivityReportService,
    ReportNarrator,
    NarrationsRepository,
    NarrationsCleanupJob,
    ReportExportService,
  ],
  exports: [ProductivityReportService, ReportExportService],
})
export class ProductivityReportsModule {}
