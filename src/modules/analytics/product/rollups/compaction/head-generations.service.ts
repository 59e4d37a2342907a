import { Injectable } from '@nestjs/common';
import { DayHeadsRepository } from '../store/day-heads.repository.js';
import { RollupMetaRepository } from '../store/rollup-meta.repository.js';
import type { RollupRow, StoredHead } from '../store/rollup-rows.js';
import { LostRaceError } from './rollups.errors.js';

/** Reads the heads that a run is going to replace. */
@Injectable()
export class HeadGenerationsService {
  constructor(
    private readonly heads: DayHeadsRepository,
    private readonly meta: RollupMetaRepository,
  ) {}

  /**
   * Heads by day, also such as an earlier build has left. @throws LostRaceError when they are of a later build than the
   * run, which is out of date then and must not replace them.
   */
  async list({ projectKey, generation }: RollupRow, days: readonly number[]): Promise<Map<number, StoredHead>> {
    const heads = await this.heads.list(projectKey, days);
    if ([...heads.values()].every((head) => head.generation === generation)) return heads;
    // After the heads: a build is entered here before it writes the first of them.
    const current = await this.meta.find(projectKey);
    if (current?.generation !== generation) throw new LostRaceError('the project');
    return heads;
  }
}
