import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../sql/column-types.js';

@Entity('jobs')
@Index('IDX_jobs_state_kind_precedence_turn', ['state', 'kind', 'precedence', 'turn'])
@Index('IDX_jobs_kind_started_turn', ['kind', 'startedTurn'])
@Index('IDX_jobs_user_id_kind_state', ['userId', 'kind', 'state'])
@Index('IDX_jobs_tell_at', ['tellAt'])
@Index('IDX_jobs_ended_at', ['endedAt'])
export class JobEntity {
  @PrimaryColumn('text')
  kind: string;

  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'user_id', nullable: true })
  userId: string | null;

  @Column('text')
  state: string;

  @Column('text')
  payload: string;

  @Column('text', { nullable: true })
  checkpoint: string | null;

  /** 0 goes first: 9 minus the priority. */
  @Column(wholeNumber())
  precedence: number;

  /** The order within a precedence. Each user's jobs take consecutive numbers from the present one, so users alternate. */
  @Column(wholeNumber())
  turn: number;

  /** `turn`, once the job was begun: the greatest is the present number of the kind. */
  @Column(wholeNumber({ name: 'started_turn', nullable: true }))
  startedTurn: number | null;

  @Column(wholeNumber({ name: 'run_at' }))
  runAt: number;

  @Column(wholeNumber())
  attempts: number;

  @Column(wholeNumber({ name: 'max_attempts' }))
  maxAttempts: number;

  @Column(wholeNumber())
  progress: number;

  /** Fencing: grows with each run. */
  @Column(wholeNumber())
  token: number;

  @Column('text', { nullable: true })
  worker: string | null;

  /** The worker that alone may begin it, until `reservedUntil`. */
  @Column('text', { name: 'reserved_for', nullable: true })
  reservedFor: string | null;

  @Column(wholeNumber({ name: 'reserved_until', nullable: true }))
  reservedUntil: number | null;

  @Column(wholeNumber({ name: 'lease_until', nullable: true }))
  leaseUntil: number | null;

  @Column('text', { name: 'error_code', nullable: true })
  errorCode: string | null;

  @Column('text', { name: 'error_message', nullable: true })
  errorMessage: string | null;

  /** From when on somebody must tell the module that the job failed; null: nothing to tell, or told. */
  @Column(wholeNumber({ name: 'tell_at', nullable: true }))
  tellAt: number | null;

  /** Milliseconds for which it is kept after its end. */
  @Column(wholeNumber({ name: 'keep_ms' }))
  keepMs: number;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'started_at', nullable: true }))
  startedAt: number | null;

  @Column(wholeNumber({ name: 'ended_at', nullable: true }))
  endedAt: number | null;
}

/** What an instance knows of itself, shared by its replicas. */
@Entity('instance_values')
export class InstanceValueEntity {
  @PrimaryColumn('text')
  name: string;

  @Column('text')
  value: string;
}
