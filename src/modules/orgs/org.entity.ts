import { Column, Entity, Index, JoinColumn, ManyToOne, PrimaryColumn, Unique } from 'typeorm';
import { wholeNumber } from '../../infra/sql/column-types.js';
import type { OrgRole } from './org-member.js';

@Entity('orgs')
@Unique('UQ_orgs_name', ['name'])
export class OrgEntity {
  /** What its points are stored under: a name that is given free and claimed again never shows the points of before. */
  @PrimaryColumn('text')
  id: string;

  @Column('text')
  name: string;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;

  /** From then on it is gone for everyone, and its name is free when its points are erased. */
  @Column(wholeNumber({ name: 'erasing_at', nullable: true }))
  erasingAt: number | null;
}

@Entity('org_members')
@Unique('UQ_org_members_user_name', ['orgId', 'userName'])
@Index('IDX_org_members_user_id', ['userId'])
export class OrgMemberEntity {
  @PrimaryColumn('text', { name: 'org_id' })
  orgId: string;

  @ManyToOne(() => OrgEntity, { onDelete: 'CASCADE' })
  @JoinColumn({ name: 'org_id', foreignKeyConstraintName: 'FK_org_members_org_id' })
  org?: OrgEntity;

  @PrimaryColumn('text', { name: 'user_id' })
  userId: string;

  @Column('text')
  role: OrgRole;

  @Column('text', { name: 'user_name' })
  userName: string;

  @Column(wholeNumber({ name: 'created_at' }))
  createdAt: number;
}
