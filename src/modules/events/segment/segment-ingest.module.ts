import { Module } from '@nestjs/common';
import { ProjectsModule } from '../../projects/projects.module.js';
import { ProductEventsModule } from '../product/product-events.module.js';
import { SegmentIngestController } from './segment-ingest.controller.js';
import { SegmentIngestService } from './segment-ingest.service.js';

@Module({
  imports: [ProjectsModule, ProductEventsModule],
  controllers: [SegmentIngestController],
  providers: [SegmentIngestService],
})
export class SegmentIngestModule {}
