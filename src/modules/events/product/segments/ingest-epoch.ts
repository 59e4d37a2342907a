import { randomBytes } from 'node:crypto';
import { SegmentBuilder, type SegmentEvent } from './segment-builder.js';
import type { SegmentColumns } from './segment-columns.js';

/** An epoch that holds so much is replaced by the next one. */
const FULL_EVENTS = 50_000;
const FULL_TEXT_BYTES = 2 * 1024 * 1024;
const ID_BYTES = 12;
/** No event is added to an older epoch, so that other processes can tell when it is dead. Milliseconds. */
const MAX_WRITABLE_MS = 10_000;
/** What is added to one so old is not acknowledged: at twice this age the others take it for dead. */
const MAX_ACKNOWLEDGED_MS = 30_000;
/** The clock may be set back between the receipt of an event and the opening of its epoch. */
const CLOCK_MARGIN_MS = 60_000;

/** What a process holds of an epoch that is not sealed. */
export interface LiveEpoch {
  /** Hex. */
  epoch: string;
  receivedFrom: Date;
  /** `null`: the outcome of a write is not known, only the raw events of the epoch say what it holds. */
  columns: SegmentColumns | null;
}

/** What waits to be written when an epoch is sealed. */
export interface UnwrittenSegment {
  projectKey: string;
  builder: SegmentBuilder;
  /** When a write failed whose outcome is not known; by the monotonic clock. */
  uncertainSince: number | null;
}

interface ProjectSegment extends UnwrittenSegment {
  written: boolean;
}

/** What one process inserts in one short stretch of time, of all projects. Times: milliseconds of a monotonic clock. */
export class IngestEpoch {
  /** Hex. */
  readonly id: string;
  readonly idBytes: Uint8Array;
  private readonly openedOn = Date.now();
  private readonly segments = new Map<string, ProjectSegment>();
  private running = 0;
  private events = 0;
  private texts = 0;
  private written = 0;
  private lastEntered = -Infinity;
  private markIdle: (() => void) | undefined;

  /**
   * @param receivedFrom epoch milliseconds: no event received before belongs to it.
   * @param openedAt when it began to be registered.
   */
  constructor(
    readonly receivedFrom: number,
    readonly openedAt: number,
  ) {
    this.idBytes = newEpochId(this.openedOn);
    this.id = Buffer.from(this.idBytes).toString('hex');
  }

  get length(): number {
    return this.events;
  }

  get isFull(): boolean {
    return this.events >= FULL_EVENTS || this.texts >= FULL_TEXT_BYTES;
  }

  /** True when events received between then may still be written into it. */
  accepts(first: number, last: number, now: number): boolean {
    return first >= this.receivedFrom && last <= receivedUntil(this.id) && this.age(now) < MAX_WRITABLE_MS;
  }

  /** False when another process may have recovered it before the last events came in, and then does not know them. */
  mayAcknowledge(now: number): boolean {
    return this.age(now) < MAX_ACKNOWLEDGED_MS;
  }

  wasUsedSince(time: number): boolean {
    return this.running > 0 || this.lastEntered >= time;
  }

  /** Before events of the epoch are sent to the database. */
  enter(now: number): void {
    this.running++;
    this.lastEntered = now;
  }

  /** When all that was sent is either added or marked as uncertain. */
  leave(): void {
    this.running--;
    if (this.running === 0) this.markIdle?.();
  }

  /** Resolves when no write is running. To be called once nobody enters any more. */
  async whenIdle(): Promise<void> {
    if (this.running > 0) await new Promise<void>((resolve) => (this.markIdle = resolve));
  }

  /** For events that the database has inserted. `linkPending`: they may have changed the link of their anonymousId. */
  add(projectKey: string, events: readonly (SegmentEvent & { linkPending: boolean })[]): void {
    if (events.length === 0) return;
    const { builder } = this.segmentOf(projectKey);
    const before = builder.textBytes;
    for (const event of events) builder.add(event, event.linkPending);
    this.events += events.length;
    this.texts += builder.textBytes - before;
  }

  /** Nobody knows whether a write has inserted its events: only the database can tell what the epoch holds. */
  markUncertain(projectKey: string, now: number): void {
    this.segmentOf(projectKey).uncertainSince = now;
  }

  /** `null` when it holds nothing of the project. */
  find(projectKey: string): LiveEpoch | null {
    const segment = this.segments.get(projectKey);
    if (segment === undefined) return null;
    const columns = segment.uncertainSince === null ? segment.builder.snapshot() : null;
    return { epoch: this.id, receivedFrom: new Date(this.receivedFrom), columns };
  }

  listUnwritten(): UnwrittenSegment[] {
    return [...this.segments.values()].filter((segment) => !segment.written);
  }

  /** @param hasEvents false: there was nothing to write. */
  markWritten(projectKey: string, hasEvents: boolean): void {
    this.segmentOf(projectKey).written = true;
    if (hasEvents) this.written++;
  }

  /** Segments that are in the database. */
  get writtenSegments(): number {
    return this.written;
  }

  listProjects(): string[] {
    return [...this.segments.keys()];
  }

  /** By both clocks: while the machine sleeps the monotonic one may stand still, and the other may be set back. */
  private age(now: number): number {
    return Math.max(now - this.openedAt, Date.now() - this.openedOn);
  }

  private segmentOf(projectKey: string): ProjectSegment {
    const known = this.segments.get(projectKey);
    if (known !== undefined) return known;
    const segment = { projectKey, builder: new SegmentBuilder(), uncertainSince: null, written: false };
    this.segments.set(projectKey, segment);
    return segment;
  }
}

/**
 * No event of the epoch was received later. Epoch milliseconds, by the clock of the process that opened it, which is in
 * its id and is that of the events too: the clocks of other processes do not matter.
 */
export function receivedUntil(epoch: string): number {
  const openedOn = 1000 * parseInt(epoch.slice(0, 8), 16) + parseInt(epoch.slice(8, 12), 16);
  return openedOn + MAX_WRITABLE_MS + CLOCK_MARGIN_MS;
}

// As MongoDB makes ids, the seconds first; then milliseconds, so that they sort by age.
function newEpochId(now: number): Uint8Array {
  const id = randomBytes(ID_BYTES);
  id.writeUInt32BE(Math.floor(now / 1000) % 2 ** 32, 0);
  id.writeUInt16BE(Math.floor(now) % 1000, 4);
  return id;
}
