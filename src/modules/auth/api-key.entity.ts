import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn } from 'typeorm';
import type { ApiKeyScope } from '../../common/auth/principal.js';
import { jsonText, wholeNumber } from '../../infra/sql/column-types.js';
import { UserEntity } from './user.entity.js';

@Entity('api_keys')
@Index('IDX_api_keys_user_id', ['userId'])
export class ApiKeyEntity {
  /** Also the first part of the key itself, by which it is looked up. */
  @PrimaryColumn('text')
  id: string;

  @Column('text', { name: 'user_id' })
  userId: string;

  @ManyToOne(() => UserEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'user_id', foreignKeyConstraintName: 'FK_api_keys_user_id' })
  user?: UserEntity;

  @Column('text')
  name: string;

  @Column('text')
  prefix: string;

  @Column('text', { name: 'secret_hash' })
  secretHash: string;

  @Column(jsonText())
  scopes: ApiKeyScope[];

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  @Column(wholeNumber({ name: 'expires_at', nullable: true }))
  expiresAt: number | null;

  @Column(wholeNumber({ name: 'last_used_at', nullable: true }))
  lastUsedAt: number | null;
}
