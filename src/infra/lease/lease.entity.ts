import { Column, Entity, PrimaryColumn } from 'typeorm';
import { wholeNumber } from '../sql/column-types.js';

@Entity('leases')
export class LeaseEntity {
  @PrimaryColumn('text')
  name: string;

  @Column('text')
  holder: string;

  @Column(wholeNumber())
  token: number;

  @Column(wholeNumber({ name: 'expires_at' }))
  expiresAt: number;
}
