import { isAdmin, type Principal } from '../../../common/auth/principal.js';
import { printable } from '../line-protocol/line-reader.js';
import type { OrgAccess } from '../../orgs/org-member.js';
import type { OrgsService } from '../../orgs/orgs.service.js';

/** A body names one or a few; each that is new becomes the sender's. */
const MAX_ORGS = 100;

/**
 * What one caller may write, as far as it is known: the lines of a body are read before the database is asked, and read
 * again when it says that some are refused.
 */
export class WriteRights {
  private readonly known = new Map<string, OrgAccess>();
  /** Organizations that were allowed for the time being, with the users of their points. */
  private readonly supposed = new Map<string, Set<string>>();

  constructor(
    private readonly caller: Principal,
    private readonly orgs: OrgsService,
  ) {}

  /** Why points of this organization and user are refused, as the end of a sentence; `null`: they are not, as far as is known. */
  refusalOf(org: string, user: string): string | null {
    const access = this.known.get(org);
    if (access !== undefined) return this.judge(org, user, access);
    let users = this.supposed.get(org);
    if (users === undefined) {
      if (this.known.size + this.supposed.size >= MAX_ORGS) return `the body names more than ${MAX_ORGS} organizations`;
      this.supposed.set(org, (users = new Set()));
    }
    users.add(user);
    return null;
  }

  /**
   * Finds out about the organizations that were supposed to be the caller's; those that nobody owns become so.
   * @returns false when points were supposed to be allowed that are not.
   */
  async confirm(): Promise<boolean> {
    let isConfirmed = true;
    for (const [org, users] of this.supposed) {
      const access = await this.orgs.accessForWriting(this.caller, org);
      this.known.set(org, access);
      for (const user of users) if (this.judge(org, user, access) !== null) isConfirmed = false;
    }
    this.supposed.clear();
    return isConfirmed;
  }

  /** The id of an organization that has been confirmed. */
  idOf(org: string): string {
    return this.known.get(org)!.orgId;
  }

  private judge(org: string, user: string, { member }: OrgAccess): string | null {
    if (isAdmin(this.caller)) return null;
    const name = printable(org, 64);
    if (member === null) return `the organization ${name} belongs to others`;
    if (member.role !== 'member' || member.userName === user) return null;
    return `as a member of ${name} you may only write points with the tag user=${printable(member.userName, 64)}`;
  }
}
