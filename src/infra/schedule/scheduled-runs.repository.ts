import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { Repository } from 'typeorm';
import { ScheduledRunEntity } from './scheduled-run.entity.js';

@Injectable()
export class ScheduledRunsRepository {
  constructor(@InjectRepository(ScheduledRunEntity) private readonly runs: Repository<ScheduledRunEntity>) {}

  /** Epoch milliseconds, or null before the first run. */
  async findLastRun(name: string): Promise<number | null> {
    return (await this.runs.findOneBy({ name }))?.lastRunAt ?? null;
  }

  async recordRun(name: string, lastRunAt: number): Promise<void> {
    await this.runs.upsert({ name, lastRunAt }, ['name']);
  }
}
