export const ORG_ROLES = ['owner', 'manager', 'member'] as const;
export type OrgRole = (typeof ORG_ROLES)[number];

/** One account's place in an organization. */
export interface OrgMember {
  userId: string;
  role: OrgRole;
  /** The value of the tag `user` under which this person's points are written. */
  userName: string;
}
