import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../sql/column-types.js';

/** When something that is done by the clock was last due and begun. */
@Entity('scheduled_runs')
export class ScheduledRunEntity {
  @PrimaryColumn('text')
  name: string;

  @Column(wholeNumber({ name: 'last_run_at' }))
  lastRunAt: number;

  /** Of the holder of the lease that claimed the newest run; a smaller one is refused. */
  @Column(wholeNumber({ name: 'fencing_token', default: 0 }))
  fencingToken: number;

  /** Of work that is carried out under the lease; null: it only hands work to a queue, which knows of its end. */
  @Column(wholeNumber({ name: 'started_at', nullable: true }))
  startedAt: number | null;

  @Column(wholeNumber({ name: 'ended_at', nullable: true }))
  endedAt: number | null;

  @Column('text', { nullable: true })
  outcome: string | null;

  @Column('text', { nullable: true })
  error: string | null;
}
