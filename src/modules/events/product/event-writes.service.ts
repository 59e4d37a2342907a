import { Injectable, Logger } from '@nestjs/common';
import { UnavailableError } from '../../../common/errors/domain.error.js';
import { EPOCH_AT, EPOCH_BYTES } from './encoding/event-encoder.js';
import { keyOf, type PreparedEvent, type PreparedPart } from './encoding/batch-preparation.js';
import { IdentityLinksService, type KnownEvidence } from './links/identity-links.service.js';
import type { ProjectLinks } from './links/known-links.js';
import { ProductEventsRepository, type InsertFault } from './product-events.repository.js';
import type { IngestEpoch } from './segments/ingest-epoch.js';
import { IngestEpochsService } from './segments/ingest-epochs.service.js';
import { Coalescer } from '../../../common/write-coalescing.js';
import { StoreSilentError } from '../../../infra/mongo/write-commands.js';

/**
 * More documents in one command cost the database less for each. Two commands keep it busy while the next ones are
 * being prepared; a message has at most 16 MB. Up to eight commands of 1 to 256 events were measured: the rate stays the
 * same within what the machine varies, and at half of it the slowest hundredth waits longer.
 */
const INSERTS = { running: 2, worthwhile: 256, events: 2000, bytes: 1024 * 1024 };
const LINKINGS = { running: 2, worthwhile: 256, events: 2000, bytes: Infinity };
/** Who has waited so long is told to come back, instead of making those behind wait. */
const MAX_WAIT_MS = 2000;
/**
 * From the receipt of events to the sending of them. The erasure of a person waits a little longer, and then for the
 * epochs that were entered.
 */
const MAX_AGE_MS = 6000;

/** Events of one request, which fit into one command. */
export interface EventWrite {
  projectKey: string;
  /** Epoch milliseconds. */
  receivedAt: number;
  /** The same moment by the monotonic clock of this process, in milliseconds. */
  arrivedAt: number;
  part: PreparedPart;
  links: ProjectLinks;
}

/** What became of the events of one write. */
export interface WriteOutcome {
  inserted: number;
  duplicates: number;
  /** Positions in the batch of events that the store cannot hold. */
  refused: number[];
}

interface Waiting extends EventWrite {
  since: number;
  resolve: (outcome: WriteOutcome) => void;
  reject: (error: unknown) => void;
}

/** A write whose events are in the database. */
interface Inserted {
  write: Waiting;
  epoch: IngestEpoch;
  stored: PreparedEvent[];
  duplicates: PreparedEvent[];
  refused: PreparedEvent[];
}

/**
 * Writes the events of many requests in few commands. Each request has its own verdicts, after its own events are
 * durable, linked, and part of the segment of their epoch.
 */
@Injectable()
export class EventWritesService {
  private readonly logger = new Logger(EventWritesService.name);
  private readonly inserts = new Coalescer<Waiting>(INSERTS, (group) => this.insert(group));
  private readonly linkings = new Coalescer<Inserted>(LINKINGS, (group) => this.link(group));

  constructor(
    private readonly events: ProductEventsRepository,
    private readonly identities: IdentityLinksService,
    private readonly epochs: IngestEpochsService,
  ) {}

  /** @throws what the store says; then it is not known which of the events are stored. */
  write(write: EventWrite): Promise<WriteOutcome> {
    const { documents, events } = write.part;
    return new Promise((resolve, reject) => {
      const waiting = { ...write, since: performance.now(), resolve, reject };
      this.inserts.push(waiting, { events: events.length, bytes: documents.length });
    });
  }

  private async insert(group: Waiting[]): Promise<void> {
    const waiting = this.without(group, ({ since }, now) => now - since > MAX_WAIT_MS);
    if (waiting.length === 0) return;
    const receipts = waiting.map(({ receivedAt }) => receivedAt);
    let epoch: IngestEpoch;
    try {
      epoch = await this.epochs.enter(Math.min(...receipts), Math.max(...receipts));
    } catch (error) {
      this.rejectAll(waiting, error);
      return;
    }
    try {
      // Only now: to open an epoch takes its time, and whoever has entered one is waited for.
      const writes = this.without(waiting, ({ arrivedAt }, now) => now - arrivedAt > MAX_AGE_MS);
      if (writes.length > 0) await this.send(writes, epoch);
    } finally {
      epoch.leave();
    }
  }

  private async send(writes: readonly Waiting[], epoch: IngestEpoch): Promise<void> {
    try {
      for (const { part } of writes) stamp(part, epoch.idBytes);
      const faults = await this.events.insert(
        writes.map(({ part }) => part.documents),
        // What the first try inserted will look like duplicates, and yet belongs to this epoch.
        () => markUncertain(epoch, writes),
      );
      let first = 0;
      for (const write of writes) {
        this.takeStock(write, epoch, faults, first);
        first += write.part.events.length;
      }
    } catch (error) {
      markUncertain(epoch, writes);
      this.rejectAll(writes, error);
    }
  }

  /** @param first position of the write's first document in the command. */
  private takeStock(write: Waiting, epoch: IngestEpoch, faults: Map<number, InsertFault>, first: number): void {
    const { events } = write.part;
    const inserted: Inserted = { write, epoch, stored: events, duplicates: [], refused: [] };
    if (faults.size > 0) {
      const byFault = (fault: InsertFault | undefined) => events.filter((_, i) => faults.get(first + i) === fault);
      if (byFault('failed').length > 0) {
        epoch.markUncertain(write.projectKey, performance.now());
        return write.reject(new UnavailableError('The store could not take all events; try again'));
      }
      inserted.stored = byFault(undefined);
      inserted.duplicates = byFault('duplicate');
      inserted.refused = byFault('refused');
    }
    const isPending = (event: PreparedEvent) => event.linkPending;
    if (!inserted.stored.some(isPending) && !inserted.duplicates.some(isPending)) return this.finish(inserted);
    epoch.enter(performance.now());
    this.linkings.push(inserted, { events: events.length, bytes: 0 });
  }

  private async link(group: Inserted[]): Promise<void> {
    try {
      await this.identities.link(
        group.flatMap(({ write, stored }) => evidenceOf(write, stored)),
        group.flatMap(({ write, duplicates }) => evidenceOf(write, duplicates)),
      );
      for (const inserted of group) this.finish(inserted);
    } catch (error) {
      for (const { write, epoch } of group) {
        epoch.markUncertain(write.projectKey, performance.now());
        write.reject(error);
      }
    } finally {
      for (const { epoch } of group) epoch.leave();
    }
  }

  private finish({ write, epoch, stored, duplicates, refused }: Inserted): void {
    if (!epoch.mayAcknowledge(performance.now())) {
      // This process was paused. They are read from the store, and repaired when another has sealed the epoch meanwhile.
      epoch.markUncertain(write.projectKey, performance.now());
      return write.reject(new UnavailableError('The server was held up; try again', 1, 'EPOCH_TOO_OLD'));
    }
    epoch.add(write.projectKey, stored);
    if (refused.length > 0) this.logger.warn(`The store refused ${refused.length} events that had been accepted`);
    write.resolve({
      inserted: stored.length,
      duplicates: duplicates.length,
      refused: refused.map(({ index }) => index),
    });
  }

  /** Refuses those that come too late. Returns the others. */
  private without(writes: Waiting[], isOverdue: (write: Waiting, now: number) => boolean): Waiting[] {
    const now = performance.now();
    const overdue = writes.filter((write) => isOverdue(write, now));
    if (overdue.length === 0) return writes;
    this.rejectAll(overdue, new UnavailableError('The store is busy; try again in a moment', 1, 'OVERLOADED'));
    return writes.filter((write) => !isOverdue(write, now));
  }

  private rejectAll(writes: readonly Waiting[], error: unknown): void {
    for (const { reject } of writes) reject(error);
    // They would wait for the same silence.
    if (error instanceof StoreSilentError) for (const { reject } of this.inserts.takeWaiting()) reject(error);
  }
}

function evidenceOf({ projectKey, links, part }: EventWrite, events: readonly PreparedEvent[]): KnownEvidence[] {
  return events
    .filter(({ linkPending }) => linkPending)
    .map(({ start, anonymousId, userId, time }) => ({
      key: keyOf(part.documents, start),
      projectKey,
      links,
      anonymousId,
      userId,
      time,
    }));
}

function markUncertain(epoch: IngestEpoch, writes: readonly EventWrite[]): void {
  for (const { projectKey } of writes) epoch.markUncertain(projectKey, performance.now());
}

/** Puts the epoch into every document. */
function stamp({ documents, events }: PreparedPart, epoch: Uint8Array): void {
  for (const { start } of events) {
    for (let i = 0; i < EPOCH_BYTES; i++) documents[start + EPOCH_AT + i] = epoch[i]!;
  }
}
