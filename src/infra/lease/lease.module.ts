import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { LeaseEntity } from './lease.entity.js';
import { LeaseRepository } from './lease.repository.js';
import { LeaseService } from './lease.service.js';

@Module({
  imports: [TypeOrmModule.forFeature([LeaseEntity])],
  providers: [LeaseRepository, LeaseService],
  exports: [LeaseService],
})
export class LeaseModule {}
