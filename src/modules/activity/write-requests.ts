import type { WritePointsQuery } from './dto/write-points.dto.js';
import type { WriteRequest } from './ingest/body-lines.js';

/** An empty parameter counts as absent. */
export function toWriteRequest(query: WritePointsQuery, body: unknown): WriteRequest {
  return {
    body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    precision: query.precision ?? 'ns',
    org: query.org || query.orgID || null,
    receivedAt: Date.now(),
  };
}
