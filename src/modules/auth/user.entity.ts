import { Column, Entity, PrimaryColumn, Unique } from 'typeorm';
import type { Grant, Role } from '../../common/auth/principal.js';
import { jsonText, wholeNumber } from '../../infra/sql/column-types.js';
import type { UserSettings } from './user-settings.js';

@Entity('users')
@Unique('UQ_users_email_key', ['emailKey'])
export class UserEntity {
  @PrimaryColumn('text')
  id: string;

  /** As the person wrote it. */
  @Column('text')
  email: string;

  /** What makes it unique: without regard to case. */
  @Column('text', { name: 'email_key' })
  emailKey: string;

  @Column('text')
  name: string;

  @Column('text', { name: 'password_hash', nullable: true })
  passwordHash: string | null;

  @Column('text', { name: 'oauth_provider', nullable: true })
  oauthProvider: string | null;

  @Column('text')
  role: Role;

  @Column(jsonText())
  grants: Grant[];

  @Column(jsonText())
  settings: UserSettings;

  @Column('boolean')
  disabled: boolean;

  /** Our access tokens carry it; a larger one here refuses them. */
  @Column(wholeNumber({ name: 'token_version' }))
  tokenVersion: number;

  /** Access tokens minted elsewhere carry no version: those issued before this moment are refused. */
  @Column(wholeNumber({ name: 'tokens_valid_after' }))
  tokensValidAfter: number;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'deleted_at', nullable: true }))
  deletedAt: number | null;
}
