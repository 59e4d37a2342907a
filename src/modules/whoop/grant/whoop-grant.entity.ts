import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../../infra/sql/column-types.js';

/** Key of the one row. */
export const GRANT = 'default';

/** The one grant of this instance. Tokens are sealed by `SecretBox`. */
@Entity('whoop_grants')
export class WhoopGrantEntity {
  @PrimaryColumn('text')
  id: string;

  /** WHOOP's number of the member; stays when the grant is gone, for the records are still shown. */
  @Column('text', { name: 'member_id', nullable: true })
  memberId: string | null;

  @Column('text', { name: 'access_token', nullable: true })
  accessToken: string | null;

  @Column('text', { name: 'refresh_token', nullable: true })
  refreshToken: string | null;

  @Column(wholeNumber({ name: 'expires_at', nullable: true }))
  expiresAt: number | null;

  @Column('text', { nullable: true })
  scope: string | null;

  /** Of the pair of tokens: grows with each that is stored. */
  @Column(wholeNumber())
  version: number;

  @Column('text', { name: 'reauth_reason', nullable: true })
  reauthReason: string | null;

  /** The refresh token of this version was handed to somebody for sending: when (the database's clock), and to whom. */
  @Column(wholeNumber({ name: 'sent_at', nullable: true }))
  sentAt: number | null;

  @Column('text', { name: 'sent_by', nullable: true })
  sentBy: string | null;

  /** Of the `WHOOP_REFRESH_TOKEN` that was taken over last. */
  @Column('text', { name: 'seed_hash', nullable: true })
  seedHash: string | null;

  /** Who linked; null: the environment. */
  @Column('text', { name: 'linked_by', nullable: true })
  linkedBy: string | null;

  @Column(wholeNumber({ name: 'linked_at', nullable: true }))
  linkedAt: number | null;

  @Column(wholeNumber({ name: 'updated_at' }))
  updatedAt: number;
}

/** Consents that were asked for and have not come back. */
@Entity('whoop_auth_states')
export class WhoopAuthStateEntity {
  @PrimaryColumn('text', { name: 'state_hash' })
  stateHash: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @Column('text', { name: 'redirect_uri' })
  redirectUri: string;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;
}
