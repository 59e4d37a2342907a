import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import { UnavailableError } from '../../../common/errors/domain.error.js';
import { IngestAdmission } from '../../../common/ingest-admission.js';
import { counter } from '../../../common/metrics/metrics.js';
import { HTTP_CONFIG, INGEST_CONFIG, type HttpConfig, type IngestConfig } from '../../../config/app.config.js';
import { InfluxPartialWriteError } from '../../../infra/influx/influx.errors.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { ActivityStore } from '../activity-store.js';
import { readBody, type BodyOutcome, type WriteRequest } from './body-lines.js';
import { SeriesMemory } from './known-series.js';
import { NothingToWriteError, PartialWriteError, StorePartialWriteError } from './write.errors.js';
import type { PointWriter } from './point-writer.js';
import { WriteRights } from './write-rights.js';

/** Of bodies that are being read or written. */
const MAX_BYTES = 64 * 1024 * 1024;
/** A body is read once, and again for each kind of thing that turned out to be otherwise. */
const MAX_READINGS = 6;

const ingested = counter({
  name: 'almanac_events_ingested_total',
  help: 'Events by source and result.',
  labelNames: ['source', 'result'],
});

/** `refusal`: of lines that were good, by the store that they were sent on to. */
type StoredOutcome = BodyOutcome & { refusal: InfluxPartialWriteError | undefined };

/** Takes line protocol, each line by its own verdict. */
@Injectable()
export class ActivityWritesService {
  private readonly admission: IngestAdmission;
  private readonly series = new SeriesMemory();

  constructor(
    private readonly store: ActivityStore,
    private readonly orgs: OrgsService,
    @Inject(INGEST_CONFIG) ingest: IngestConfig,
    @Inject(HTTP_CONFIG) http: HttpConfig,
  ) {
    this.admission = new IngestAdmission({
      maxConcurrentBatches: ingest.maxConcurrentBatches,
      maxEvents: ingest.maxConcurrentBatches,
      maxBytes: MAX_BYTES,
      eventsPerSecond: http.rateLimitEnabled ? ingest.projectEventsPerSecond : null,
    });
  }

  /**
   * Stores the points of a body, on the same measurement, tags and time anew with their fields united. Durable when it
   * resolves.
   * @throws PartialWriteError, StorePartialWriteError when some lines are refused; the others are stored then.
   */
  async write(caller: Principal, request: WriteRequest): Promise<void> {
    await this.admission.run(() =>
      this.admission.hold({ events: 1, bytes: request.body.length }, async () => {
        const outcome = await this.read(caller, request);
        const { firstBad, good, bad, refusal } = outcome;
        const dropped = refusal === undefined ? 0 : Math.min(good, refusal.dropped ?? 0);
        ingested.labels('activity', 'inserted').inc(good - dropped);
        ingested.labels('activity', 'rejected').inc(bad + dropped);
        if (firstBad !== null) throw new PartialWriteError(firstBad, good, bad, refusal);
        if (refusal !== undefined) throw new StorePartialWriteError(good, refusal);
        if (good === 0) throw new NothingToWriteError();
      }),
    );
  }

  private async read(caller: Principal, request: WriteRequest): Promise<StoredOutcome> {
    const rights = new WriteRights(caller, this.orgs);
    const writer = this.store.writer(request, rights);
    for (let reading = 1; reading <= MAX_READINGS; reading++) {
      const outcome = await readBody(request, writer.begin(), this.series);
      if (reading === 1) this.admission.charge(caller.userId, outcome.good + outcome.bad);
      if (!(await rights.confirm()) || !(await writer.confirm())) continue;
      return { ...outcome, refusal: outcome.good > 0 ? await refusalOf(writer) : undefined };
    }
    throw new UnavailableError('Others are writing conflicting points at this moment; try again', 1, 'WRITE_CONFLICT');
  }
}

async function refusalOf(writer: PointWriter): Promise<InfluxPartialWriteError | undefined> {
  try {
    await writer.store();
    return undefined;
  } catch (error) {
    if (error instanceof InfluxPartialWriteError) return error;
    throw error;
  }
}
