import { ACTORS_PER_CHUNK, ActorTable, type ActorChunk } from './actor-table.js';

/** A stretch of the actor table as it is stored. */
export interface StoredChunk extends ActorChunk {
  /** Grows by one with every write; 0: not stored yet. */
  version: number;
}

/** The actor table of a project for writing: knows what is stored of it, and what is to be. */
export class ActorBook {
  readonly table = new ActorTable();
  /** All that was written by runs up to this one is in here. */
  rev = -1;
  /**
   * Nothing of it was confirmed by this process: chunks may come from a run that was never completed, so that readers do
   * not look for them.
   */
  isUnconfirmed = true;
  private readonly versions: number[] = [];
  private readonly changed = new Set<number>();

  /** @param generation hex: of the build that the actors are of. */
  constructor(
    readonly projectKey: string,
    readonly generation: string,
  ) {}

  /** Takes over what is stored; whoever has applied all chunks up to a run, in their order, sets `rev`. */
  apply({ c, version, keys, persons }: StoredChunk): void {
    this.table.applyChunk(c, keys, persons);
    this.versions[c] = version;
  }

  /** The number of an actor, who gets one if need be. */
  numberOf(keys: Uint8Array, index: number): number {
    const before = this.table.size;
    const actor = this.table.append(keys, index);
    if (this.table.size > before) this.change(actor);
    return actor;
  }

  /** -1: unknown. */
  find(key: Uint8Array): number {
    return this.table.find(key, 0);
  }

  setPerson(actor: number, person: number): void {
    if (this.table.persons[actor] === person) return;
    this.table.setPerson(actor, person);
    this.change(actor);
  }

  /** Forgets who these actors are. Others that belonged to them belong to themselves. */
  erase(actors: ReadonlySet<number>): void {
    const { table } = this;
    for (const actor of actors) {
      table.erase(actor);
      this.change(actor);
    }
    for (let other = 0; other < table.size; other++) {
      if (actors.has(table.persons[other]!)) this.setPerson(other, other);
    }
  }

  get hasStoredChunks(): boolean {
    return this.versions.length > 0;
  }

  /** What differs from what is stored, with the versions that are. */
  listChanged(): StoredChunk[] {
    return [...this.changed].map((c) => ({ ...this.table.chunk(c), version: this.versions[c] ?? 0 }));
  }

  /** All stored chunks have got their next version. */
  confirmTouched(): void {
    for (let c = 0; c < this.versions.length; c++) this.versions[c]! += 1;
    this.isUnconfirmed = false;
  }

  /** What `listChanged` gave is stored. */
  confirmWritten(): void {
    for (const c of this.changed) this.versions[c] = (this.versions[c] ?? 0) + 1;
    this.changed.clear();
    this.isUnconfirmed = false;
  }

  private change(actor: number): void {
    this.changed.add(Math.floor(actor / ACTORS_PER_CHUNK));
  }
}
