import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';

/** Things that happen once in the life of an installation; the primary key decides who was first. */
@Entity('instance_claims')
export class InstanceClaimEntity {
  @PrimaryColumn('text')
  name: string;

  @Column(wholeNumber({ name: 'claimed_at' }))
  claimedAt: number;
}
