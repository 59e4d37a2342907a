export const ACTOR_KEY_BYTES = 16;
/** Actors in one stored chunk of the table; the last chunk may have fewer. */
export const ACTORS_PER_CHUNK = 8192;

const KEY_WORDS = ACTOR_KEY_BYTES / 4;
const FIRST_CAPACITY = 1024;
const EMPTY = 0;

/** A stretch of the table as it is stored. */
export interface ActorChunk {
  /** Position: its first actor has the number `c * ACTORS_PER_CHUNK`. */
  c: number;
  /** 16 bytes for each actor; all zero: erased. */
  keys: Uint8Array;
  /** For each actor the number of the person it belongs to. */
  persons: Int32Array;
}

/**
 * All actors of a project in memory. An actor's number is its place in the order of their first appearance, from 0, and
 * never changes. Found by open addressing on the first word of the key, which is a hash already. Little endian, as are
 * the arrays in memory on every processor that Node runs on.
 */
export class ActorTable {
  /**
   * For each actor the number of the person it belongs to: itself, or the user that its anonymousId is linked to. May be
   * longer than `size`, and is replaced by a longer array when the table grows: not to be kept across `append`.
   */
  persons = new Int32Array(FIRST_CAPACITY);
  private count = 0;
  private keys = new Uint32Array(FIRST_CAPACITY * KEY_WORDS);
  // At most half full. A number is stored as itself + 1. The place of an erased actor stays taken, so that what was
  // put behind it is still found.
  private slots = new Uint32Array(4 * FIRST_CAPACITY);
  private readonly wanted = new Uint32Array(KEY_WORDS);

  /** @param chunks in their order. */
  static fromChunks(chunks: Iterable<ActorChunk>): ActorTable {
    const table = new ActorTable();
    for (const { c, keys, persons } of chunks) table.applyChunk(c, keys, persons);
    return table;
  }

  get size(): number {
    return this.count;
  }

  /** The number of the actor whose key is the `index`-th in `keys`; -1: unknown. */
  find(keys: Uint8Array, index: number): number {
    this.want(keys, index);
    return this.slots[this.slotOfWanted()]! - 1;
  }

  /** Gives the actor a number, unless it has one, and returns it. A new actor is its own person. */
  append(keys: Uint8Array, index: number): number {
    this.want(keys, index);
    const slot = this.slotOfWanted();
    if (this.slots[slot] !== EMPTY) return this.slots[slot]! - 1;
    const actor = this.push();
    this.keys.set(this.wanted, actor * KEY_WORDS);
    this.persons[actor] = actor;
    this.slots[slot] = actor + 1;
    if (2 * this.count > this.slots.length) this.rehash();
    return actor;
  }

  setPerson(actor: number, person: number): void {
    this.persons[actor] = person;
  }

  /** Forgets who the actor is: it cannot be found any more, and is its own person. */
  erase(actor: number): void {
    this.keys.fill(0, actor * KEY_WORDS, (actor + 1) * KEY_WORDS);
    this.persons[actor] = actor;
  }

  isErased(actor: number): boolean {
    return this.isZero(actor * KEY_WORDS);
  }

  /** Copies of a stretch of the table, to be stored. */
  chunk(c: number): ActorChunk {
    const from = c * ACTORS_PER_CHUNK;
    const to = Math.min(this.count, from + ACTORS_PER_CHUNK);
    const keys = new Uint8Array(this.keys.slice(from * KEY_WORDS, to * KEY_WORDS).buffer);
    return { c, keys, persons: this.persons.slice(from, to) };
  }

  /**
   * Takes over a stored stretch of the table: new actors, changed persons, erased actors.
   * @throws RangeError when actors before it are missing.
   */
  applyChunk(c: number, keys: Uint8Array, persons: Int32Array): void {
    const first = c * ACTORS_PER_CHUNK;
    if (first > this.count) throw new RangeError(`Actors before chunk ${c} are missing`);
    for (let i = 0; i < persons.length; i++) {
      const actor = first + i;
      this.want(keys, i);
      if (actor < this.count) {
        if (this.isZeroWanted()) this.erase(actor);
      } else this.appendStored();
      this.persons[actor] = persons[i]!;
    }
  }

  private appendStored(): void {
    const actor = this.push();
    if (this.isZeroWanted()) return;
    this.keys.set(this.wanted, actor * KEY_WORDS);
    this.slots[this.slotOfWanted()] = actor + 1;
    if (2 * this.count > this.slots.length) this.rehash();
  }

  private push(): number {
    if (this.count === this.persons.length) {
      this.persons = enlarged(this.persons);
      this.keys = enlarged(this.keys);
    }
    return this.count++;
  }

  private want(keys: Uint8Array, index: number): void {
    const { wanted } = this;
    let at = index * ACTOR_KEY_BYTES;
    for (let word = 0; word < KEY_WORDS; word++, at += 4) {
      wanted[word] = keys[at]! | (keys[at + 1]! << 8) | (keys[at + 2]! << 16) | (keys[at + 3]! << 24);
    }
  }

  /** Where the wanted key is, or the empty place where it belongs. */
  private slotOfWanted(): number {
    const { keys, slots, wanted } = this;
    const mask = slots.length - 1;
    for (let slot = wanted[0]! & mask; ; slot = (slot + 1) & mask) {
      const taken = slots[slot]!;
      if (taken === EMPTY) return slot;
      const at = (taken - 1) * KEY_WORDS;
      if (
        keys[at] === wanted[0] &&
        keys[at + 1] === wanted[1] &&
        keys[at + 2] === wanted[2] &&
        keys[at + 3] === wanted[3]
      ) {
        return slot;
      }
    }
  }

  private rehash(): void {
    const slots = new Uint32Array(2 * this.slots.length);
    const mask = slots.length - 1;
    for (let actor = 0; actor < this.count; actor++) {
      if (this.isErased(actor)) continue;
      let slot = this.keys[actor * KEY_WORDS]! & mask;
      while (slots[slot] !== EMPTY) slot = (slot + 1) & mask;
      slots[slot] = actor + 1;
    }
    this.slots = slots;
  }

  private isZero(at: number): boolean {
    const { keys } = this;
    return keys[at] === 0 && keys[at + 1] === 0 && keys[at + 2] === 0 && keys[at + 3] === 0;
  }

  private isZeroWanted(): boolean {
    return this.wanted.every((word) => word === 0);
  }
}

function enlarged<T extends Int32Array | Uint32Array>(array: T): T {
  const larger = new (array.constructor as new (length: number) => T)(2 * array.length);
  larger.set(array);
  return larger;
}
