/** A project as the rest of the server sees it. */
export interface ProjectRow {
  projectKey: string;
  name: string;
  ownerId: string;
  createdAt: Date;
  isActive: boolean;
  /** IANA name; absent: UTC. */
  timezone?: string;
  /** ISO weekday, 1 = Monday … 7 = Sunday; absent: Monday. */
  weekStart?: number;
  /** Days after which events are deleted; absent: as the server is configured. */
  eventRetentionDays?: number;
  /**
   * Grows each time identity links may have become later or vanished, which only an erasure does: a link remembered
   * of a smaller generation must not be believed. Absent: 0.
   */
  linkGeneration?: number;
}

/** What a change may set; `null` takes a setting away. */
export interface ProjectChanges {
  name?: string;
  isActive?: boolean;
  timezone?: string | null;
  weekStart?: number | null;
  eventRetentionDays?: number | null;
}
