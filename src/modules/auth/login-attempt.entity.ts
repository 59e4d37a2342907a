import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';

/** A counter of `login-limits.ts`. Its id is a keyed hash: neither e-mails nor addresses are stored. */
@Entity('login_attempts')
@Index('IDX_login_attempts_expires_at', ['expiresAt'])
export class LoginAttemptEntity {
  @PrimaryColumn('text')
  id: string;

  @Column(wholeNumber())
  failures: number;

  @Column(wholeNumber({ name: 'started_at' }))
  startedAt: number;

  @Column(wholeNumber({ name: 'blocked_until' }))
  blockedUntil: number;

  @Column(wholeNumber({ name: 'expires_at' }))
  expiresAt: number;
}
