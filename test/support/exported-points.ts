import { unzipSync } from 'fflate';
import type { ApiClient } from './api-client.js';

/** The activity points in the archive of an account, without their organization, as sorted JSON. */
export async function exportedPoints(account: ApiClient): Promise<string[]> {
  const response = await fetch(`${account.baseUrl}/api/auth/export`, {
    headers: { authorization: `Bearer ${(account as unknown as { token: string }).token}` },
  });
  if (response.status !== 200) throw new Error(`The export answered ${response.status}`);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  const text = Buffer.from(files['activity-points.ndjson'] ?? new Uint8Array()).toString();
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line) => normal(JSON.parse(line))).sort();
}

function normal({ measurement, tags, fields, time }: Record<string, any>): string {
  const sorted = (object: object) => Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
  return JSON.stringify({ measurement, tags: sorted(tags), fields: sorted(fields), time });
}
