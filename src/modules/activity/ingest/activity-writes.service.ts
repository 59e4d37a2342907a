import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import { UnavailableError } from '../../../common/errors/domain.error.js';
import { IngestAdmission } from '../../../common/ingest-admission.js';
import { counter } from '../../../common/metrics/metrics.js';
import { HTTP_CONFIG, INGEST_CONFIG, type HttpConfig, type IngestConfig } from '../../../config/app.config.js';
import { OrgsService } from '../../orgs/orgs.service.js';
import { ActivityStore } from '../activity-store.js';
import { readBody, type BodyOutcome, type WriteRequest } from './body-lines.js';
import { NothingToWriteError, PartialWriteError } from './write.errors.js';
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

/** Takes line protocol, each line by its own verdict. */
@Injectable()
export class ActivityWritesService {
  private readonly admission: IngestAdmission;

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
   * @throws PartialWriteError when some lines are refused; the others are stored then.
   */
  async write(caller: Principal, request: WriteRequest): Promise<void> {
    await this.admission.run(() =>
      this.admission.hold({ events: 1, bytes: request.body.length }, async () => {
        const outcome = await this.read(caller, request);
        ingested.labels('activity', 'inserted').inc(outcome.good);
        ingested.labels('activity', 'rejected').inc(outcome.bad);
        if (outcome.firstBad !== null) throw new PartialWriteError(outcome.firstBad, outcome.good, outcome.bad);
        if (outcome.good === 0) throw new NothingToWriteError();
      }),
    );
  }

  private async read(caller: Principal, request: WriteRequest): Promise<BodyOutcome> {
    const rights = new WriteRights(caller, this.orgs);
    const writer = this.store.writer(request, rights);
    for (let reading = 1; reading <= MAX_READINGS; reading++) {
      const outcome = await readBody(request, writer.begin());
      if (reading === 1) this.admission.charge(caller.userId, outcome.good + outcome.bad);
      if (!(await rights.confirm()) || !(await writer.confirm())) continue;
      if (outcome.good > 0) await writer.store();
      return outcome;
    }
    throw new UnavailableError('Others are writing conflicting points at this moment; try again', 1, 'WRITE_CONFLICT');
  }
}
