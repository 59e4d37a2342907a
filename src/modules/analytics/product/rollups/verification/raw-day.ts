import { actorKey, type ActorKind } from '../../../../events/product/segments/actor-key.js';
import { dayStart, NO_TIME_DAY } from '../../day.js';
import type { SourceEvent } from '../store/rollup-source.repository.js';

/** Who did something, by the id that the event carries. */
export interface RawActor {
  kind: ActorKind;
  id: string;
  key: Uint8Array;
}

/** The raw events of one UTC day by time, kept plainly, to compare rollups with. */
export class RawDay {
  readonly names: string[] = [];
  readonly actors: RawActor[] = [];
  /** Hex; "": stored before there were epochs. */
  readonly epochs: string[] = [];
  length = 0;
  /** Milliseconds since the day began. */
  times = new Uint32Array(1024);
  nameOf = new Uint32Array(1024);
  /** -1: nobody. */
  actorOf = new Int32Array(1024);
  private epochOf = new Uint32Array(1024);
  private readonly nameNumbers = new Map<string, number>();
  private readonly actorNumbers = new Map<string, number>();
  private readonly epochNumbers = new Map<string, number>();

  constructor(private readonly day: number) {}

  add({ eventName, timestamp, userId, anonymousId, epoch }: SourceEvent): void {
    if (this.length === this.times.length) this.grow();
    const at = this.length++;
    const start = this.day === NO_TIME_DAY ? 0 : dayStart(this.day);
    this.times[at] = (timestamp?.getTime() ?? 0) - start;
    const name = String(eventName);
    this.nameOf[at] = numberOf(name, this.nameNumbers, () => this.names.push(name));
    const user = textOf(userId);
    const [kind, id]: [ActorKind, string] = user === '' ? ['a', textOf(anonymousId)] : ['u', user];
    const addActor = () => this.actors.push({ kind, id, key: actorKey(kind, id) });
    this.actorOf[at] = id === '' ? -1 : numberOf(kind + id, this.actorNumbers, addActor);
    const hex = epoch?.toHexString() ?? '';
    this.epochOf[at] = numberOf(hex, this.epochNumbers, () => this.epochs.push(hex));
  }

  /** Drops the events of these epochs. */
  leaveOut(epochs: ReadonlySet<string>): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (epochs.has(this.epochs[this.epochOf[i]!]!)) continue;
      this.times[kept] = this.times[i]!;
      this.nameOf[kept] = this.nameOf[i]!;
      this.actorOf[kept++] = this.actorOf[i]!;
    }
    this.length = kept;
  }

  private grow(): void {
    this.times = enlarged(this.times);
    this.nameOf = enlarged(this.nameOf);
    this.actorOf = enlarged(this.actorOf);
    this.epochOf = enlarged(this.epochOf);
  }
}

/** An id that is no text is none. */
function textOf(id: unknown): string {
  return typeof id === 'string' ? id : '';
}

function numberOf(text: string, numbers: Map<string, number>, add: () => number): number {
  const known = numbers.get(text);
  if (known !== undefined) return known;
  const number = add() - 1;
  numbers.set(text, number);
  return number;
}

function enlarged<T extends Uint32Array | Int32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
