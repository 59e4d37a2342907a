export const ORG_ROLES = ['owner', 'manager', 'member'] as const;
export type OrgRole = (typeof ORG_ROLES)[number];

/** Longer values of the tags `org` and `user` are refused. */
export const MAX_ORG_NAME_LENGTH = 200;
export const MAX_USER_NAME_LENGTH = 200;

/** One account's place in an organization. */
export interface OrgMember {
  userId: string;
  role: OrgRole;
  /** The value of the tag `user` under which this person's points are written. */
  userName: string;
}

/** An organization as one caller finds it. */
export interface OrgAccess {
  orgId: string;
  /** Its data is being erased: it exists for nobody any more, and its name is not free yet. */
  isErasing: boolean;
  /** `null`: the caller is no member. */
  member: OrgMember | null;
}

export interface OrgRow {
  id: string;
  name: string;
  createdAt: number;
}

/** A member as others in the organization see them. */
export interface OrgMemberRow extends OrgMember {
  /** `null`: has no account here, as whoever comes with a token minted elsewhere. */
  email: string | null;
  createdAt: number;
}

/** An organization with one user's place in it. */
export interface Membership {
  org: OrgRow;
  member: OrgMember;
}
