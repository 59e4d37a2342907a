import { ACTOR_KEY_BYTES, actorKey, type ActorKind } from './actor-key.js';
import type { SegmentColumns } from './segment-columns.js';

const FIRST_CAPACITY = 64;

/** What a segment keeps of an event. */
export interface SegmentEvent {
  eventName: string;
  /** Epoch milliseconds; NaN: no readable time. */
  time: number;
  anonymousId: string | undefined;
  userId: string | undefined;
}

/** Grows a segment event by event. Nothing that `snapshot` has given out ever changes. */
export class SegmentBuilder {
  private count = 0;
  private times = new Float64Array(FIRST_CAPACITY);
  private nameOf = new Uint32Array(FIRST_CAPACITY);
  private actorOf = new Int32Array(FIRST_CAPACITY);
  private actors = new Uint8Array(FIRST_CAPACITY * ACTOR_KEY_BYTES);
  private actorCount = 0;
  private texts = 0;
  private readonly names = new Map<string, number>();
  private readonly users = new Map<string, number>();
  private readonly anonymous = new Map<string, number>();
  private readonly linkedIds = new Set<string>();
  private latest: SegmentColumns | undefined;

  get length(): number {
    return this.count;
  }

  /** Bytes of the texts that are held, about. */
  get textBytes(): number {
    return this.texts;
  }

  /** @param mayLink the event may have changed the link of its anonymousId. */
  add(event: SegmentEvent, mayLink: boolean): void {
    const { eventName, time, anonymousId, userId } = event;
    if (this.count === this.times.length) this.grow();
    const index = this.count++;
    this.times[index] = time;
    this.nameOf[index] = this.numberOfName(eventName);
    if (userId !== undefined) this.actorOf[index] = this.numberOfActor(this.users, 'u', userId);
    else if (anonymousId !== undefined) this.actorOf[index] = this.numberOfActor(this.anonymous, 'a', anonymousId);
    else this.actorOf[index] = -1;
    if (mayLink && anonymousId !== undefined && !this.linkedIds.has(anonymousId)) {
      this.linkedIds.add(anonymousId);
      this.texts += 2 * anonymousId.length;
    }
    this.latest = undefined;
  }

  /** All events so far. Costs little: the arrays are views of what goes on growing behind them. */
  snapshot(): SegmentColumns {
    this.latest ??= {
      length: this.count,
      times: this.times.subarray(0, this.count),
      names: [...this.names.keys()],
      nameOf: this.nameOf.subarray(0, this.count),
      actors: this.actors.subarray(0, this.actorCount * ACTOR_KEY_BYTES),
      actorOf: this.actorOf.subarray(0, this.count),
      linkedIds: [...this.linkedIds],
    };
    return this.latest;
  }

  private numberOfName(name: string): number {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    const number = this.names.size;
    this.names.set(name, number);
    this.texts += 2 * name.length;
    return number;
  }

  private numberOfActor(known: Map<string, number>, kind: ActorKind, id: string): number {
    const number = known.get(id);
    if (number !== undefined) return number;
    const next = this.actorCount++;
    if (next * ACTOR_KEY_BYTES === this.actors.length) this.actors = enlarged(this.actors);
    this.actors.set(actorKey(kind, id), next * ACTOR_KEY_BYTES);
    known.set(id, next);
    this.texts += 2 * id.length + ACTOR_KEY_BYTES;
    return next;
  }

  private grow(): void {
    this.times = enlarged(this.times);
    this.nameOf = enlarged(this.nameOf);
    this.actorOf = enlarged(this.actorOf);
  }
}

function enlarged<T extends Float64Array | Uint32Array | Int32Array | Uint8Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
