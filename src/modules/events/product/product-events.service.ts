import { Inject, Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import { echoRange, parseRange } from '../../../common/time/range.js';
import { HTTP_CONFIG, INGEST_CONFIG, type HttpConfig, type IngestConfig } from '../../../config/app.config.js';
import { ProjectsService } from '../../projects/projects.service.js';
import { ingestCounters } from '../ingest-metrics.js';
import { readEnvelope, type BatchEnvelope } from './batch-envelope.js';
import { prepareBatch, type PreparedPart, type RejectedEvent } from './encoding/batch-preparation.js';
import { EventWritesService } from './event-writes.service.js';
import { IdentityLinksService } from './links/identity-links.service.js';
import { IngestAdmission } from '../../../common/ingest-admission.js';
import { ProductEventsRepository } from './product-events.repository.js';

const DAY_MS = 86_400_000;
const DEFAULT_NAMES_DAYS = 30;
/** Some two seconds of work, and what the memory of a small server bears. */
const MAX_WAITING_EVENTS = 50_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
const CANNOT_BE_STORED = 'event cannot be stored';

const COUNTERS = { product: ingestCounters('product'), segment: ingestCounters('segment') };

/** The API by which a batch came. */
export type BatchSource = keyof typeof COUNTERS;

/** What became of each event: `received` = `inserted` + `duplicates` + `rejected.length`. */
export interface BatchOutcome {
  received: number;
  inserted: number;
  duplicates: number;
  /** In the order of the batch. */
  rejected: RejectedEvent[];
}

export interface EventNames {
  projectKey: string;
  /** Sorted. */
  eventNames: string[];
  range: { from: string | null; to: string | null };
}

export interface EventNamesSearch {
  from?: string;
  to?: string;
  /** For dates without a time; else the project's zone. */
  timeZone?: string;
}

@Injectable()
export class ProductEventsService {
  private readonly admission: IngestAdmission;

  constructor(
    private readonly projects: ProjectsService,
    private readonly events: ProductEventsRepository,
    private readonly identities: IdentityLinksService,
    private readonly writes: EventWritesService,
    @Inject(INGEST_CONFIG) ingest: IngestConfig,
    @Inject(HTTP_CONFIG) http: HttpConfig,
  ) {
    this.admission = new IngestAdmission({
      maxConcurrentBatches: ingest.maxConcurrentBatches,
      maxEvents: MAX_WAITING_EVENTS,
      maxBytes: MAX_WAITING_BYTES,
      eventsPerSecond: http.rateLimitEnabled ? ingest.projectEventsPerSecond : null,
    });
  }

  /**
   * Stores a batch, every event by its own verdict, exactly once however often it is sent. When it
   * resolves, everything accepted survives a crash of this process and of the store.
   * @param body any JSON value.
   */
  async recordBatch(body: unknown, receivedAt = new Date(), source: BatchSource = 'product'): Promise<BatchOutcome> {
    const arrivedAt = performance.now();
    const batch = readEnvelope(body);
    return this.admission.run(async () => {
      const { linkGeneration = 0 } = await this.projects.getForIngest(batch.projectKey);
      this.admission.charge(batch.projectKey, batch.events.length);
      const outcome = await this.write(batch, { receivedAt, arrivedAt }, linkGeneration);
      COUNTERS[source].count(outcome);
      return outcome;
    });
  }

  async listNames(caller: Principal, projectKey: string, search: EventNamesSearch): Promise<EventNames> {
    const project = await this.projects.getInPath(caller, projectKey);
    const asked = withDefaultRange(search, new Date());
    const range = parseRange(asked, search.timeZone ?? project.timezone ?? caller.timezone ?? 'UTC');
    const names = await this.events.listNames(projectKey, toDate(range.from), toDate(range.toExclusive));
    return { projectKey, eventNames: names.sort(), range: echoRange(asked) };
  }

  /** Every stored event of the project, for an export. */
  stream(projectKey: string): AsyncIterable<object> {
    return this.events.stream(projectKey);
  }

  private async write(
    batch: BatchEnvelope,
    { receivedAt, arrivedAt }: { receivedAt: Date; arrivedAt: number },
    linkGeneration: number,
  ): Promise<BatchOutcome> {
    const { projectKey } = batch;
    const links = this.identities.linksOf(projectKey, linkGeneration);
    await this.identities.learn(links, batch.events);
    const { parts, duplicates, rejected } = await prepareBatch(batch, receivedAt, (...event) =>
      links.mayChange(...event),
    );
    const outcome = { received: batch.events.length, inserted: 0, duplicates, rejected };
    if (parts.length === 0) return outcome;
    const write = { projectKey, receivedAt: receivedAt.getTime(), arrivedAt, links };
    const written = await this.admission.hold(sizeOf(parts), () =>
      Promise.all(parts.map((part) => this.writes.write({ ...write, part }))),
    );
    for (const { inserted, duplicates: stored, refused } of written) {
      outcome.inserted += inserted;
      outcome.duplicates += stored;
      for (const index of refused) rejected.push({ index, reason: CANNOT_BE_STORED });
    }
    rejected.sort((a, b) => a.index - b.index);
    return outcome;
  }
}

function sizeOf(parts: readonly PreparedPart[]): { events: number; bytes: number } {
  let [events, bytes] = [0, 0];
  for (const part of parts) {
    events += part.events.length;
    bytes += part.documents.length;
  }
  return { events, bytes };
}

function withDefaultRange(search: EventNamesSearch, now: Date): { from?: string; to?: string } {
  const from = search.from?.trim() || undefined;
  const to = search.to?.trim() || undefined;
  if (from !== undefined || to !== undefined) return { from, to };
  return { from: new Date(now.getTime() - DEFAULT_NAMES_DAYS * DAY_MS).toISOString(), to: now.toISOString() };
}

function toDate(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
