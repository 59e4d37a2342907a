import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';

/** Access tokens that are refused although they have not expired: by their own id or by their session's. */
@Entity('denied_tokens')
@Index('IDX_denied_tokens_denied_at', ['deniedAt'])
@Index('IDX_denied_tokens_expires_at', ['expiresAt'])
export class DeniedTokenEntity {
  @PrimaryColumn('text')
  id: string;

  @Column(wholeNumber({ name: 'denied_at' }))
  deniedAt: number;

  @Column(wholeNumber({ name: 'expires_at' }))
  expiresAt: number;
}
