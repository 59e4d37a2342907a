import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LeaseService } from '../../../infra/lease/lease.service.js';
import type { OrgRow } from '../../orgs/org-member.js';
import type { ExportedPoint } from '../activity-store.js';
import { exportedPoints } from '../packing/exported-points.js';
import { GATHERING_LEASE, GATHERING_LEASE_MS } from './activity-gathering.service.js';
import { ActivityDaysRepository } from './activity-days.repository.js';
import { ActivityFieldsRepository } from './activity-fields.repository.js';
import { ActivityWritesRepository } from './activity-writes.repository.js';
import type { GroupKey } from './packed-group.js';
import { StoredPoints } from './stored-points.service.js';

const PER_STEP = 1000;
const LEASE_POLL_MS = 500;

/** Erases and exports the points of an organization. */
@Injectable()
export class ActivityRemovalService {
  constructor(
    private readonly writes: ActivityWritesRepository,
    private readonly days: ActivityDaysRepository,
    private readonly fields: ActivityFieldsRepository,
    private readonly points: StoredPoints,
    private readonly leases: LeaseService,
  ) {}

  /** While nothing is gathered: that would bring back what is deleted here. */
  async erase(org: string, signal: AbortSignal): Promise<void> {
    let isDone = false;
    while (!isDone) {
      signal.throwIfAborted();
      isDone = await this.leases.withLease(GATHERING_LEASE, GATHERING_LEASE_MS, (lost) =>
        this.deleteAll(org, AbortSignal.any([signal, lost])),
      );
      if (!isDone) await sleep(LEASE_POLL_MS, undefined, { signal });
    }
  }

  /** @param user the tag; `null`: everybody's points. */
  async *export(org: OrgRow, user: string | null): AsyncGenerator<ExportedPoint> {
    const groups = new Map<string, GroupKey & { day: number }>();
    for (const repository of [this.writes, this.days]) {
      for await (const group of repository.listGroups(org.id)) {
        if (user === null || group.user === user) groups.set(JSON.stringify(group), group);
      }
    }
    for (const { day, ...key } of groups.values()) {
      for await (const points of this.points.read(key, { fromDay: day, toDay: day })) {
        yield* exportedPoints(points, org.name, key.user, key.measurement);
      }
    }
  }

  private async deleteAll(org: string, signal: AbortSignal): Promise<void> {
    for (const repository of [this.writes, this.days]) {
      while ((await repository.deleteSome(org, PER_STEP)) > 0) signal.throwIfAborted();
    }
    await this.fields.deleteOfOrg(org);
  }
}
