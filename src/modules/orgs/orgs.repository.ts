import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { placeholders } from '../../infra/sql/sql-dialect.js';
import { isUniqueViolation } from '../../infra/sql/sql-errors.js';
import { inTransaction } from '../../infra/sql/sql-transaction.js';
import { OrgEntity, OrgMemberEntity } from './org.entity.js';
import type { Membership, OrgAccess, OrgMember, OrgMemberRow, OrgRow } from './org-member.js';

/** What became of a change of the members. */
export type MemberOutcome = 'done' | 'unknown' | 'last-owner' | 'user-name-taken';

@Injectable()
export class OrgsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** The organization of this name as this user finds it; `null`: nobody has claimed the name. */
  async findAccess(userId: string, name: string): Promise<OrgAccess | null> {
    // PostgreSQL refuses to be asked for it.
    if (name.includes('\0')) return null;
    const org = await this.orgs.findOneBy({ name });
    if (org === null) return null;
    const member = await this.members.findOneBy({ orgId: org.id, userId });
    return { orgId: org.id, isErasing: org.erasingAt !== null, member: member && toMember(member) };
  }

  /** Makes an organization with its first owner. False when the name is taken: of two at the same moment one gets it. */
  async claim(owner: OrgMember, org: OrgRow): Promise<boolean> {
    try {
      await inTransaction(this.dataSource, async (manager) => {
        await manager.getRepository(OrgEntity).insert({ ...org, erasingAt: null });
        await manager.getRepository(OrgMemberEntity).insert({ ...owner, orgId: org.id, createdAt: org.createdAt });
      });
      return true;
    } catch (error) {
      if (isUniqueViolation(error)) return false;
      throw error;
    }
  }

  /** Organizations of which this user is an owner. */
  async countOwned(userId: string): Promise<number> {
    return this.members.countBy({ userId, role: 'owner' });
  }

  /** By name: those of which the user is a member, or all when `userId` is null. */
  async list(userId: string | null): Promise<OrgRow[]> {
    const query = this.orgs.createQueryBuilder('org').where('org.erasingAt IS NULL').orderBy('org.name');
    if (userId !== null) {
      query.innerJoin(OrgMemberEntity, 'member', 'member.orgId = org.id AND member.userId = :userId', { userId });
    }
    return (await query.getMany()).map(({ id, name, createdAt }) => ({ id, name, createdAt }));
  }

  /** The organizations of a user with their place in each, by name. */
  async listMemberships(userId: string): Promise<Membership[]> {
    const orgs = await this.list(userId);
    const members = new Map((await this.members.findBy({ userId })).map((member) => [member.orgId, toMember(member)]));
    return orgs.flatMap((org) => {
      const member = members.get(org.id);
      return member === undefined ? [] : [{ org, member }];
    });
  }

  /** Of these organizations, in the order in which they joined. */
  async listMembers(orgIds: readonly string[]): Promise<Map<string, OrgMemberRow[]>> {
    const members = new Map<string, OrgMemberRow[]>(orgIds.map((id) => [id, []]));
    for (const orgId of orgIds) {
      const rows: Record<string, unknown>[] = await this.dataSource.query(
        placeholders(
          this.dataSource,
          'SELECT m.user_id, m.role, m.user_name, m.created_at, u.email FROM org_members m ' +
            'LEFT JOIN users u ON u.id = m.user_id WHERE m.org_id = ? ORDER BY m.created_at, m.user_id',
        ),
        [orgId],
      );
      members.set(orgId, rows.map(toMemberRow));
    }
    return members;
  }

  /** Adds a member or changes one. */
  async putMember(orgId: string, member: OrgMember, now: number): Promise<MemberOutcome> {
    try {
      return await this.changingMembers(orgId, async (manager, members) => {
        const { userId, role, userName } = member;
        const before = members.find((one) => one.userId === userId);
        if (role !== 'owner' && before !== undefined && isLastOwner(before, members)) return 'last-owner';
        const repository = manager.getRepository(OrgMemberEntity);
        if (before === undefined) await repository.insert({ ...member, orgId, createdAt: now });
        else await repository.update({ orgId, userId }, { role, userName });
        return 'done';
      });
    } catch (error) {
      if (isUniqueViolation(error)) return 'user-name-taken';
      throw error;
    }
  }

  async removeMember(orgId: string, userId: string): Promise<MemberOutcome> {
    return this.changingMembers(orgId, async (manager, members) => {
      const member = members.find((one) => one.userId === userId);
      if (member === undefined) return 'unknown';
      if (isLastOwner(member, members)) return 'last-owner';
      await manager.getRepository(OrgMemberEntity).delete({ orgId, userId });
      return 'done';
    });
  }

  /**
   * Takes a user out of all organizations. Those that they alone own are marked as being erased instead.
   * @returns the marked ones; again until they are deleted, so that an erasure can be repeated.
   */
  async leaveAll(userId: string, now: number): Promise<OrgRow[]> {
    const memberships = await this.members.findBy({ userId });
    const owned: OrgRow[] = [];
    for (const { orgId } of memberships) {
      const isOwned = await this.changingMembers(orgId, async (manager, members) => {
        const member = members.find((one) => one.userId === userId);
        if (member === undefined) return false;
        if (!isLastOwner(member, members)) {
          await manager.getRepository(OrgMemberEntity).delete({ orgId, userId });
          return false;
        }
        await manager.getRepository(OrgEntity).update({ id: orgId, erasingAt: IsNull() }, { erasingAt: now });
        return true;
      });
      if (!isOwned) continue;
      const org = await this.orgs.findOneBy({ id: orgId });
      if (org !== null) owned.push({ id: org.id, name: org.name, createdAt: org.createdAt });
    }
    return owned;
  }

  async delete(orgId: string): Promise<void> {
    await this.orgs.delete({ id: orgId });
  }

  private get orgs() {
    return this.dataSource.getRepository(OrgEntity);
  }

  private get members() {
    return this.dataSource.getRepository(OrgMemberEntity);
  }

  /** One change at a time: both dialects lock what they update until the transaction ends. */
  private async changingMembers<T>(
    orgId: string,
    change: (manager: EntityManager, members: OrgMemberEntity[]) => Promise<T>,
  ): Promise<T> {
    return inTransaction(this.dataSource, async (manager) => {
      await manager.getRepository(OrgEntity).update({ id: orgId }, { id: orgId });
      return change(manager, await manager.getRepository(OrgMemberEntity).findBy({ orgId }));
    });
  }
}

function isLastOwner(member: OrgMember, members: readonly OrgMember[]): boolean {
  return member.role === 'owner' && members.filter(({ role }) => role === 'owner').length === 1;
}

function toMember({ userId, role, userName }: OrgMemberEntity): OrgMember {
  return { userId, role, userName };
}

function toMemberRow(row: Record<string, unknown>): OrgMemberRow {
  return {
    userId: row['user_id'] as string,
    role: row['role'] as OrgMember['role'],
    userName: row['user_name'] as string,
    email: (row['email'] as string | null) ?? null,
    createdAt: Number(row['created_at']),
  };
}
