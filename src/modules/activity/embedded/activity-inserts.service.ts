import { Injectable } from '@nestjs/common';
import { Coalescer } from '../../../common/write-coalescing.js';
import { StoreSilentError } from '../../../infra/mongo/write-commands.js';
import { ActivityWritesRepository } from './activity-writes.repository.js';
import type { PackedGroup } from './packed-group.js';

/** Documents of one command; a message has at most 16 MB. */
const LIMITS = { running: 2, worthwhile: 64, events: 1000, bytes: 4 * 1024 * 1024 };
/** Who has waited so long is told to come back, instead of making those behind wait. */
const MAX_WAIT_MS = 2000;

interface Waiting {
  documents: Uint8Array[];
  since: number;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/** Writes the documents of many requests in few commands: collectors send a point or two at a time. */
@Injectable()
export class ActivityInserts {
  private readonly inserts = new Coalescer<Waiting>(LIMITS, (group) => this.insert(group));

  constructor(private readonly writes: ActivityWritesRepository) {}

  /** Durable when it resolves. @throws what the store says; then it is not known which of the groups are stored. */
  async write(groups: readonly PackedGroup[]): Promise<void> {
    // One after the other: what waits behind parts of its own body has not waited too long.
    for (const documents of this.cut(groups)) await this.push(documents);
  }

  private push(documents: Uint8Array[]): Promise<void> {
    const bytes = documents.reduce((sum, document) => sum + document.length, 0);
    return new Promise((resolve, reject) => {
      const waiting = { documents, since: performance.now(), resolve, reject };
      this.inserts.push(waiting, { events: documents.length, bytes });
    });
  }

  private *cut(groups: readonly PackedGroup[]): Generator<Uint8Array[]> {
    let [documents, bytes]: [Uint8Array[], number] = [[], 0];
    for (const group of groups) {
      const document = this.writes.encode(group);
      if (documents.length > 0 && (documents.length === LIMITS.events || bytes + document.length > LIMITS.bytes)) {
        yield documents;
        [documents, bytes] = [[], 0];
      }
      documents.push(document);
      bytes += document.length;
    }
    if (documents.length > 0) yield documents;
  }

  private async insert(group: Waiting[]): Promise<void> {
    const now = performance.now();
    const [late, waiting] = partition(group, ({ since }) => now - since > MAX_WAIT_MS);
    for (const one of late) one.reject(new StoreSilentError());
    if (waiting.length === 0) return;
    try {
      await this.writes.insert(waiting.flatMap(({ documents }) => documents));
      for (const one of waiting) one.resolve();
    } catch (error) {
      for (const one of waiting) one.reject(error);
    }
  }
}

function partition<T>(items: readonly T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}
