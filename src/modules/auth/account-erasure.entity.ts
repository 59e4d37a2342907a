import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';

/** A deletion that was promised and is not finished. */
@Entity('account_erasures')
export class AccountErasureEntity {
  @PrimaryColumn('text', { name: 'user_id' })
  userId: string;

  @Column(wholeNumber({ name: 'requested_at' }))
  requestedAt: number;

  @Column(wholeNumber())
  attempts: number;
}

/** Keyed hashes of the ids that are gone, so that a token minted elsewhere for one of them stays refused. */
@Entity('erased_accounts')
export class ErasedAccountEntity {
  @PrimaryColumn('text', { name: 'subject_hash' })
  subjectHash: string;

  @Column(wholeNumber({ name: 'erased_at' }))
  erasedAt: number;
}
