import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { isAdmin, type Principal } from '../../common/auth/principal.js';
import { Clock } from '../../common/time/clock.js';
import { AUTH_CONFIG, PRODUCTIVITY_CONFIG, type AuthConfig, type ProductivityConfig } from '../../config/app.config.js';
import { AccountsService } from '../auth/accounts.service.js';
import { emailKey } from '../auth/email.js';
import {
  MAX_USER_NAME_LENGTH,
  type Membership,
  type OrgAccess,
  type OrgMember,
  type OrgMemberRow,
  type OrgRole,
  type OrgRow,
} from './org-member.js';
import {
  LastOwnerError,
  OrgIsErasingError,
  OrgMemberNotFoundError,
  OrgNameTakenError,
  OrgNotFoundError,
  OrgRightMissingError,
  TooManyOrgsError,
  UserNameTakenError,
} from './orgs.errors.js';
import { OrgsRepository, type MemberOutcome } from './orgs.repository.js';

/** An organization in a caller's list, with the members that the caller may see. */
export interface ListedOrg extends OrgRow {
  /** The caller's own role; `null` for an administrator who is no member. */
  role: OrgRole | null;
  members: OrgMemberRow[];
}

export interface NewMember {
  email: string;
  role: OrgRole;
  /** Absent: the name of the account. */
  userName?: string;
}

/** Milliseconds after which every process has seen a change of the members. */
const KNOWN_MS = 2000;
const MAX_KNOWN = 10_000;
/** Names are taken by the first who comes; nobody needs so many. */
const MAX_OWNED = 500;

/** Who owns which organization, and what its members may do. */
@Injectable()
export class OrgsService {
  private readonly logger = new Logger(OrgsService.name);
  /** Of those who write, since collectors come every few seconds. By user and name. */
  private readonly known = new LRUCache<string, OrgAccess>({ max: MAX_KNOWN, ttl: KNOWN_MS });

  constructor(
    private readonly orgs: OrgsRepository,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
    @Inject(AUTH_CONFIG) private readonly auth: AuthConfig,
    @Inject(PRODUCTIVITY_CONFIG) private readonly config: ProductivityConfig,
  ) {}

  /** Those of which the caller is a member; an administrator sees all. Plain members see no other member. */
  async list(caller: Principal): Promise<ListedOrg[]> {
    const rows = await this.orgs.list(isAdmin(caller) ? null : caller.userId);
    const members = await this.orgs.listMembers(rows.map(({ id }) => id));
    return rows.map((row) => listed(caller, row, members.get(row.id) ?? []));
  }

  /** @throws OrgNameTakenError */
  async create(caller: Principal, name: string): Promise<ListedOrg> {
    const org = await this.claim(caller, name);
    if (org === null) throw new OrgNameTakenError();
    const members = await this.orgs.listMembers([org.id]);
    return listed(caller, org, members.get(org.id) ?? []);
  }

  /**
   * Adds a member, or changes the role and user name of one. Owners do it; managers, with plain members only.
   * @throws OrgNotFoundError, OrgRightMissingError, OrgMemberNotFoundError, LastOwnerError, UserNameTakenError
   */
  async putMember(caller: Principal, name: string, { email, role, userName }: NewMember): Promise<OrgMemberRow> {
    const access = await this.visible(caller, name);
    const account = await this.accounts.findByEmail(email);
    const known = account && (await this.memberOf(access.orgId, account.id));
    this.assertMayManage(caller, access, [role, known?.role]);
    if (account === null)
      throw new OrgMemberNotFoundError('There is no account with this e-mail; it must register first');
    const member = {
      userId: account.id,
      role,
      userName: userName ?? known?.userName ?? nameOf(account.name, account.id),
    };
    const now = this.clock.now();
    settle(await this.orgs.putMember(access.orgId, member, now));
    this.known.clear();
    this.logger.log(`User ${caller.userId} made user ${account.id} ${role} of an organization`);
    return { ...member, email: account.email, createdAt: known?.createdAt ?? now };
  }

  /**
   * Owners remove anyone, managers plain members, everybody themselves.
   * @throws OrgNotFoundError, OrgRightMissingError, OrgMemberNotFoundError, LastOwnerError
   */
  async removeMember(caller: Principal, name: string, email: string): Promise<void> {
    const access = await this.visible(caller, name);
    const members = (await this.orgs.listMembers([access.orgId])).get(access.orgId) ?? [];
    const member = members.find((one) => one.email !== null && emailKey(one.email) === emailKey(email));
    if (member?.userId !== caller.userId) this.assertMayManage(caller, access, [member?.role]);
    if (member === undefined) throw new OrgMemberNotFoundError();
    settle(await this.orgs.removeMember(access.orgId, member.userId));
    this.known.clear();
    this.logger.log(`User ${caller.userId} removed user ${member.userId} from an organization`);
  }

  /**
   * Owners and managers report on everyone, members on themselves; an admin on all. Organizations that nobody claimed:
   * admins, and with REPORTS_ORG_ACCESS=any every signed-in user; under AUTH_MODE=open everyone on all.
   * @throws OrgNotFoundError when the caller may not, whatever the reason: to others the organization does not exist.
   */
  async assertMayReport(caller: Principal, name: string, userNames: readonly string[]): Promise<void> {
    if (isAdmin(caller) || this.auth.mode === 'open') return;
    const access = await this.orgs.findAccess(caller.userId, name);
    if (access === null && this.config.orgsAccess === 'any') return;
    if (access?.member && !access.isErasing && mayReportOn(access.member, userNames)) return;
    throw new OrgNotFoundError();
  }

  /** The id under which the points of an organization are stored; `null`: nobody has claimed the name. */
  async findId(name: string): Promise<string | null> {
    const access = await this.orgs.findAccess('', name);
    return access === null || access.isErasing ? null : access.orgId;
  }

  /**
   * The organization as the caller finds it, for one who has points to write. A name that nobody has becomes the caller's:
   * whoever writes first owns.
   * @throws OrgIsErasingError
   */
  async accessForWriting(caller: Principal, name: string): Promise<OrgAccess> {
    const key = `${caller.userId}\0${name}`;
    for (;;) {
      const known = this.known.get(key);
      if (known !== undefined) return known;
      const access = await this.orgs.findAccess(caller.userId, name);
      if (access?.isErasing === true) throw new OrgIsErasingError();
      if (access === null) await this.claim(caller, name);
      else this.known.set(key, access);
    }
  }

  /** The organizations of a user, by name. */
  async listMemberships(userId: string): Promise<Membership[]> {
    return this.orgs.listMemberships(userId);
  }

  /**
   * Takes a user whose account is closed out of all organizations. Those that they alone own are gone for everyone from now
   * on, and returned: again until `deleteErased` is called for them.
   */
  async leaveAll(userId: string): Promise<OrgRow[]> {
    const owned = await this.orgs.leaveAll(userId, this.clock.now());
    this.known.clear();
    return owned;
  }

  /** The last step of an erasure: the organization itself. Its name is free then. */
  async deleteErased(orgId: string): Promise<void> {
    await this.orgs.delete(orgId);
    this.known.clear();
  }

  /** @throws TooManyOrgsError */
  private async claim(caller: Principal, name: string): Promise<OrgRow | null> {
    if ((await this.orgs.countOwned(caller.userId)) >= MAX_OWNED) throw new TooManyOrgsError(MAX_OWNED);
    const account = await this.accounts.find(caller.userId);
    const userName = nameOf(account?.name ?? caller.email.split('@')[0] ?? '', caller.userId);
    const org = { id: randomBytes(12).toString('hex'), name, createdAt: this.clock.now() };
    const isClaimed = await this.orgs.claim({ userId: caller.userId, role: 'owner', userName }, org);
    if (isClaimed) this.logger.log(`User ${caller.userId} now owns organization ${org.id}`);
    return isClaimed ? org : null;
  }

  private async visible(caller: Principal, name: string): Promise<OrgAccess> {
    const access = await this.orgs.findAccess(caller.userId, name);
    if (access === null || access.isErasing || (access.member === null && !isAdmin(caller)))
      throw new OrgNotFoundError();
    return access;
  }

  private async memberOf(orgId: string, userId: string): Promise<OrgMemberRow | undefined> {
    return (await this.orgs.listMembers([orgId])).get(orgId)?.find((member) => member.userId === userId);
  }

  /** @param roles that the change gives or takes. */
  private assertMayManage(caller: Principal, { member }: OrgAccess, roles: readonly (OrgRole | undefined)[]): void {
    if (isAdmin(caller) || member?.role === 'owner') return;
    if (member?.role !== 'manager')
      throw new OrgRightMissingError('Only owners and managers of the organization may do this');
    if (roles.some((role) => role === 'owner' || role === 'manager')) throw new OrgRightMissingError();
  }
}

function listed(caller: Principal, org: OrgRow, members: readonly OrgMemberRow[]): ListedOrg {
  const role = members.find(({ userId }) => userId === caller.userId)?.role ?? null;
  const seesAll = role === 'owner' || role === 'manager' || (role === null && isAdmin(caller));
  return { ...org, role, members: members.filter(({ userId }) => seesAll || userId === caller.userId) };
}

function mayReportOn(member: OrgMember, userNames: readonly string[]): boolean {
  return member.role !== 'member' || userNames.every((name) => name === member.userName);
}

function nameOf(name: string, userId: string): string {
  return name.trim().slice(0, MAX_USER_NAME_LENGTH) || userId;
}

function settle(outcome: MemberOutcome): void {
  if (outcome === 'unknown') throw new OrgMemberNotFoundError();
  if (outcome === 'last-owner') throw new LastOwnerError();
  if (outcome === 'user-name-taken') throw new UserNameTakenError();
}
