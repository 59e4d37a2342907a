import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { WhoopGrantRepository } from '../grant/whoop-grant.repository.js';
import { mapProfile, mapRecord } from './record-mapping.js';
import { WhoopRecordStoreRepository } from './whoop-record-store.repository.js';
import { WhoopRecordsRepository } from './whoop-records.repository.js';
import { RECORD_KINDS, type RecordKind } from './whoop-rows.js';

const BATCH = 25;

/** A member as WHOOP's API would answer it. */
export interface SampleMember {
  profile: object;
  records: Record<RecordKind, object[]>;
}

/** Puts a member into the dashboard who is not from WHOOP: demo data. */
@Injectable()
export class SampleMemberService {
  constructor(
    private readonly store: WhoopRecordStoreRepository,
    private readonly records: WhoopRecordsRepository,
    private readonly grants: WhoopGrantRepository,
    private readonly clock: Clock,
  ) {}

  /** Quick and without effect when the member is there already, or another one is shown. */
  async load({ profile, records }: SampleMember, onProgress: (done: number, total: number) => void): Promise<void> {
    const now = this.clock.now();
    const row = mapProfile(profile, now);
    if (!(await this.grants.showMember(row.memberId, now))) return;
    const counts = await this.records.countAll(row.memberId);
    const missing = RECORD_KINDS.filter((kind) => counts[kind] < records[kind].length);
    const total = missing.reduce((sum, kind) => sum + records[kind].length, 0);
    let done = 0;
    for (const kind of missing) {
      for (let i = 0; i < records[kind].length; i += BATCH) {
        const rows = records[kind].slice(i, i + BATCH).map((record) => mapRecord(kind, record));
        await this.store.savePage(row.memberId, kind, rows, { seenIn: null, now });
        done += rows.length;
        onProgress(done, total);
      }
    }
    if (missing.length > 0) await this.store.saveProfile(row);
  }
}
