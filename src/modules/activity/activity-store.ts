import { ActivityService } from './activity.service.js';
import type { PointWriter } from './ingest/point-writer.js';
import type { WriteRequest } from './ingest/body-lines.js';
import type { WriteRights } from './ingest/write-rights.js';
import type { OrgRow } from '../orgs/org-member.js';

/** A point as it is exported. Whole numbers beyond 2^53 are texts. */
export interface ExportedPoint {
  org: string;
  measurement: string;
  tags: Record<string, string>;
  fields: Record<string, number | string | boolean>;
  /** RFC 3339, to the nanosecond. */
  time: string;
}

/** Where activity points are kept: in MongoDB, or in InfluxDB. */
export abstract class ActivityStore extends ActivityService {
  /** Writes the points of one body. */
  abstract writer(request: WriteRequest, rights: WriteRights): PointWriter;

  /** The points of an organization, or of one user (the tag `user`) in it. */
  abstract export(org: OrgRow, user: string | null): AsyncIterable<ExportedPoint>;

  /** Erases all points of an organization. May be repeated. */
  abstract erase(org: OrgRow, signal: AbortSignal): Promise<void>;
}
