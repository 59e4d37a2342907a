import { Module } from '@nestjs/common';
import { ProductAnalyticsModule } from '../../analytics/product/product-analytics.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { ProductBehaviourReportsController } from './product-behaviour-reports.controller.js';
import { ProductBehaviourReportsService } from './product-behaviour-reports.service.js';
import { ProductReportsController } from './product-reports.controller.js';
import { ProductReportsService } from './product-reports.service.js';
import { PropertyReportsController } from './properties/property-reports.controller.js';
import { PropertyReportsService } from './properties/property-reports.service.js';
import { ReportBreakdownsService } from './report-breakdowns.service.js';
import { ReportScopesService } from './report-scopes.service.js';

@Module({
  imports: [ProjectsModule, ProductAnalyticsModule],
  controllers: [ProductReportsController, ProductBehaviourReportsController, PropertyReportsController],
  providers: [
    ReportScopesService,
    ReportBreakdownsService,
    ProductReportsService,
    ProductBehaviourReportsService,
    PropertyReportsService,
  ],
  exports: [ProductReportsService],
})
export class ProductReportsModule {}
