import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { WriteCommands } from '../../../infra/mongo/write-commands.js';
import type { StoredBrowserEvent } from './browser-event.schema.js';
import type { BrowserEvent } from './judging/event-judgement.js';

const COLLECTION = 'browser_events';
const BY_TIME = { userId: 1, timestamp: 1, _id: 1 } as const;
const DUPLICATE_KEY = 11000;
/** A message has at most 48 MB; less, so that no command takes long. */
const MAX_COMMAND_BYTES = 2 * 1024 * 1024;
const SLICE_EVENTS = 1000;
/** The store has more than one processor, and while it works the next slice is made ready. */
const SLICES_AT_ONCE = 2;
/** Far more than an event with the largest payload takes. */
const MAX_EVENT_BYTES = 1024 * 1024;
/** Of one command at a time, until it is copied. */
const scratch = Buffer.allocUnsafeSlow(MAX_COMMAND_BYTES + MAX_EVENT_BYTES);

export interface InsertOutcome {
  /** Positions of those that were stored before. */
  duplicates: number[];
  /** Positions of those that the store cannot hold. */
  refused: number[];
}

interface Placed {
  event: BrowserEvent;
  /** Among all that are to be inserted. */
  position: number;
}

@Injectable()
export class BrowserEventWrites {
  constructor(private readonly commands: WriteCommands) {}

  /**
   * Each event once. Durable when it resolves, those that were stored before included; when it throws, some may have been
   * stored or may still be.
   * @param beforeCommand may throw, to stop between two commands.
   */
  async insert(
    events: readonly BrowserEvent[],
    receivedAt: Date,
    beforeCommand: () => void = () => undefined,
  ): Promise<InsertOutcome> {
    const outcome: InsertOutcome = { duplicates: [], refused: [] };
    const slices = slicesOf(events);
    let areKnown = false;
    // When one fails, its loop ends the generator, and with it the other.
    const insertSlices = async (): Promise<void> => {
      for (const slice of slices) {
        const left = areKnown ? await this.withoutStored(slice, outcome) : slice;
        let known = slice.length - left.length;
        for (const { documents, positions } of commandsOf(left, receivedAt)) {
          beforeCommand();
          const errors = await this.commands.insert(COLLECTION, [documents], () => undefined);
          for (const { index, code } of errors) {
            (code === DUPLICATE_KEY ? outcome.duplicates : outcome.refused).push(positions[index]!);
          }
          known += errors.length;
        }
        areKnown = known * 2 > slice.length;
      }
    };
    await Promise.all(Array.from({ length: SLICES_AT_ONCE }, insertSlices));
    return outcome;
  }

  /**
   * A client that sends again sends all again, and to look for a thousand events takes the store a tenth of the time in
   * which it refuses them one by one. One of those that are there is inserted none the less: that command waits for the
   * journal, in which all of them stand before it.
   */
  private async withoutStored(slice: readonly Placed[], outcome: InsertOutcome): Promise<Placed[]> {
    const keys = slice.map(({ event }) => new mongo.Binary(event.key));
    const found = await this.commands.limited((signal) =>
      this.collection
        .find({ _id: { $in: keys } }, { projection: { _id: 1 }, batchSize: keys.length, signal })
        .toArray(),
    );
    const stored = new Set(found.map(({ _id }) => _id.toString('hex')));
    const isStored = ({ event }: Placed) => stored.has(Buffer.from(event.key).toString('hex'));
    const [witness, ...others] = slice.filter(isStored);
    outcome.duplicates.push(...others.map(({ position }) => position));
    return [...slice.filter((one) => !isStored(one)), ...(witness === undefined ? [] : [witness])];
  }

  /**
   * Deletes up to `limit` events of `[from, toExclusive)` that were received no later than `receivedUpTo`. Durable when
   * it resolves. Returns how many there were.
   */
  async deleteSome(
    userId: string,
    span: { from: number; toExclusive: number },
    receivedUpTo: Date,
    limit: number,
  ): Promise<number> {
    const timestamp = { $gte: new Date(span.from), $lt: new Date(span.toExclusive) };
    const filter = { userId, timestamp, receivedAt: { $lte: receivedUpTo } };
    const found = await this.commands.limited((signal) =>
      this.collection
        .find(filter, { projection: { _id: 1 }, hint: BY_TIME, limit, batchSize: limit, signal })
        .toArray(),
    );
    if (found.length === 0) return 0;
    await this.commands.count({
      delete: COLLECTION,
      deletes: [{ q: { _id: { $in: found.map(({ _id }) => _id) } }, limit: 0 }],
      writeConcern: this.commands.durable,
    });
    return found.length;
  }

  private get collection(): mongo.Collection<StoredBrowserEvent> {
    return this.commands.database.collection<StoredBrowserEvent>(COLLECTION);
  }
}

function* slicesOf(events: readonly BrowserEvent[]): Generator<Placed[], void, undefined> {
  for (let start = 0; start < events.length; start += SLICE_EVENTS) {
    yield events.slice(start, start + SLICE_EVENTS).map((event, i) => ({ event, position: start + i }));
  }
}

/** As many at once as one command should hold, behind each other: the driver makes a system call of every buffer. */
function* commandsOf(
  some: readonly Placed[],
  receivedAt: Date,
): Generator<{ documents: Uint8Array; positions: number[] }, void, undefined> {
  let positions: number[] = [];
  let bytes = 0;
  for (const { event, position } of some) {
    const options = { index: bytes, ignoreUndefined: true };
    bytes = mongo.BSON.serializeWithBufferAndIndex(toDocument(event, receivedAt), scratch, options) + 1;
    positions.push(position);
    if (bytes < MAX_COMMAND_BYTES) continue;
    yield { documents: Buffer.from(scratch.subarray(0, bytes)), positions };
    [positions, bytes] = [[], 0];
  }
  if (bytes > 0) yield { documents: Buffer.from(scratch.subarray(0, bytes)), positions };
}

function toDocument(event: BrowserEvent, receivedAt: Date): object {
  const { key, userId, eventId, type, at, clamped, domain, tabId, windowId, url, title, state, device, payload } =
    event;
  return {
    _id: new mongo.Binary(key),
    userId,
    eventId,
    type,
    timestamp: new Date(at),
    clamped: clamped || undefined,
    domain: domain ?? undefined,
    tabId: tabId ?? undefined,
    windowId: windowId ?? undefined,
    url: url ?? undefined,
    title: title ?? undefined,
    state: state ?? undefined,
    device: device ?? undefined,
    payload,
    receivedAt,
  };
}
