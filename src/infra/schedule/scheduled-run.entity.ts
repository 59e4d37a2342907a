import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../sql/column-types.js';

/** When something that is done by the clock was last due and begun. */
@Entity('scheduled_runs')
export class ScheduledRunEntity {
  @PrimaryColumn('text')
  name: string;

  @Column(wholeNumber({ name: 'last_run_at' }))
  lastRunAt: number;
}
