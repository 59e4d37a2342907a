import { Column, Entity, Index, PrimaryColumn, Unique } from 'typeorm';
import { jsonText, wholeNumber } from '../../../infra/sql/column-types.js';
import type { SyncProgress } from './sync-progress.js';

/** One sync, running or ended. */
@Entity('whoop_sync_runs')
@Unique('UQ_whoop_sync_runs_slot', ['slot'])
@Index('IDX_whoop_sync_runs_started_at', ['startedAt'])
export class WhoopSyncRunEntity {
  @PrimaryColumn('text')
  id: string;

  /** `active` while it runs, so that there is one at a time; then null. */
  @Column('text', { nullable: true })
  slot: string | null;

  @Column('text')
  type: string;

  @Column(wholeNumber({ nullable: true }))
  days: number | null;

  @Column('text')
  status: string;

  @Column(wholeNumber({ name: 'started_at' }))
  startedAt: number;

  @Column(wholeNumber({ name: 'ended_at', nullable: true }))
  endedAt: number | null;

  @Column(jsonText())
  progress: SyncProgress;

  @Column(wholeNumber({ name: 'records_synced' }))
  recordsSynced: number;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage: string | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode: string | null;

  /** The job run that writes; earlier ones are refused. */
  @Column(wholeNumber())
  fence: number;
}
