import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';
import { UserEntity } from './user.entity.js';

/** One sign-in, and with it one family of refresh tokens. */
@Entity('sessions')
@Index('IDX_sessions_user_id', ['userId'])
@Index('IDX_sessions_expires_at', ['expiresAt'])
export class SessionEntity {
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_sessions_user_id' })
  user?: UserEntity;

  /** SHA-256 of the live refresh token. */
  @Column('text', { name: 'current_hash' })
  currentHash: string;

  /** SHA-256 of the token before it. */
  @Column('text', { name: 'previous_hash', nullable: true })
  previousHash: string | null;

  /** Keyed hash of the address that signed in: known addresses are spared when an account is under attack. */
  @Column('text', { name: 'address_hash' })
  addressHash: string;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'rotated_at' }))
  rotatedAt: number;

  @Column(wholeNumber({ name: 'expires_at' }))
  expiresAt: number;

  @Column(wholeNumber({ name: 'revoked_at', nullable: true }))
  revokedAt: number | null;
}
