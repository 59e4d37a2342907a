import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import { InvalidInputError, TooLargeError, UnavailableError } from '../../../common/errors/domain.error.js';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { IngestAdmission } from '../../../common/ingest-admission.js';
import { Clock } from '../../../common/time/clock.js';
import { HTTP_CONFIG, INGEST_CONFIG, type HttpConfig, type IngestConfig } from '../../../config/app.config.js';
import { AccountsService } from '../../auth/accounts.service.js';
import { ingestCounters } from '../ingest-metrics.js';
import { BrowserEventWrites } from './browser-event-writes.repository.js';
import { utcDayOf } from './days/browser-day.js';
import { BrowserDaysRepository } from './days/browser-days.repository.js';
import { judgeEvent, type BrowserEvent } from './judging/event-judgement.js';
import { PrivacyRules } from './judging/privacy-rules.js';

export const MAX_SYNC_EVENTS = 5000;

/** What the memory of a small server bears, of all syncs that are being written. */
const MAX_WAITING_EVENTS = 50_000;
const MAX_WAITING_BYTES = 64 * 1024 * 1024;
/** Far less than the time after which readers take an announced write for ended. */
const WRITE_LIMIT_MS = 60_000;
const counters = ingestCounters('browser');
const CANNOT_BE_STORED = 'event cannot be stored';

export interface RejectedEvent {
  /** Position in the batch. */
  index: number;
  reason: string;
}

/** `received` = `inserted` + `duplicates` + `rejected.length`. */
export interface SyncOutcome {
  received: number;
  inserted: number;
  duplicates: number;
  /** In the order of the batch. */
  rejected: RejectedEvent[];
}

/** Takes what the browser extension has recorded. */
@Injectable()
export class BrowserSyncService {
  private readonly logger = new Logger(BrowserSyncService.name);
  private readonly admission: IngestAdmission;

  constructor(
    private readonly events: BrowserEventWrites,
    private readonly days: BrowserDaysRepository,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
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
   * Stores the caller's events, each by its own verdict and once however often it is sent. When it resolves, everything
   * accepted survives a crash of this process and of the store.
   * @param body any JSON value
   */
  async sync(caller: Principal, body: unknown): Promise<SyncOutcome> {
    const items = readItems(body);
    return this.admission.run(async () => {
      this.admission.charge(caller.userId, items.length);
      const receivedAt = this.clock.now();
      const rules = new PrivacyRules(await this.accounts.settingsOf(caller.userId));
      const judged = await judgeAll(items, { userId: caller.userId, receivedAt, rules });
      const size = { events: judged.events.length, bytes: judged.events.length * 1024 };
      const outcome = await this.admission.hold(size, () => this.store(caller.userId, judged, new Date(receivedAt)));
      counters.count(outcome);
      return outcome;
    });
  }

  private async store(userId: string, judged: JudgedBatch, receivedAt: Date): Promise<SyncOutcome> {
    const { received, events, indexes, rejected } = judged;
    const outcome = { received, inserted: 0, duplicates: judged.duplicates, rejected };
    if (events.length === 0) return outcome;
    const days = [...new Set(events.map(({ at }) => utcDayOf(at)))];
    // From before the announcement on: by that readers know when to give up on it.
    const assertInTime = timeLimit();
    const write = await this.days.begin(userId, days);
    const { duplicates, refused } = await this.events.insert(events, receivedAt, assertInTime);
    await this.days.end(userId, days, write).catch((error: unknown) => {
      // What is stored is stored: readers find out by themselves, only later.
      this.logger.warn(`The end of a sync could not be announced: ${String(error)}`);
    });
    outcome.duplicates += duplicates.length;
    outcome.inserted = events.length - duplicates.length - refused.length;
    for (const position of refused) rejected.push({ index: indexes[position]!, reason: CANNOT_BE_STORED });
    if (refused.length > 0) this.logger.warn(`The store refused ${refused.length} events that had been accepted`);
    rejected.sort((a, b) => a.index - b.index);
    return outcome;
  }
}

interface JudgedBatch {
  received: number;
  events: BrowserEvent[];
  /** Of each event, its position in the batch. */
  indexes: number[];
  /** Events whose `_id` came earlier in the same batch. */
  duplicates: number;
  rejected: RejectedEvent[];
}

/** @throws InvalidInputError, TooLargeError */
function readItems(body: unknown): readonly unknown[] {
  const events = typeof body === 'object' && body !== null ? (body as { events?: unknown }).events : undefined;
  if (!Array.isArray(events)) {
    const message = 'events must be an array';
    throw new InvalidInputError(message, [{ path: 'events', message }]);
  }
  if (events.length > MAX_SYNC_EVENTS) {
    throw new TooLargeError(`A sync may hold at most ${MAX_SYNC_EVENTS} events`, 'TOO_MANY_EVENTS');
  }
  return events;
}

async function judgeAll(items: readonly unknown[], frame: Parameters<typeof judgeEvent>[1]): Promise<JudgedBatch> {
  const batch: JudgedBatch = { received: items.length, events: [], indexes: [], duplicates: 0, rejected: [] };
  const known = new Set<string>();
  const turns = new EventLoopTurns();
  for (const [index, item] of items.entries()) {
    const { event, reason } = judgeEvent(item, frame);
    if (event === undefined) batch.rejected.push({ index, reason });
    else if (known.has(event.eventId)) batch.duplicates++;
    else {
      known.add(event.eventId);
      batch.events.push(event);
      batch.indexes.push(index);
    }
    if (index % 8 === 7) await turns.give();
  }
  return batch;
}

/** Stops a write that was held up for so long that readers no longer reckon with it. */
function timeLimit(): () => void {
  const end = performance.now() + WRITE_LIMIT_MS;
  return () => {
    if (performance.now() > end) throw new UnavailableError('The server was held up; try again', 1, 'SYNC_TOO_SLOW');
  };
}
