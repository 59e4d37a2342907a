import { Injectable } from '@nestjs/common';
import { IdentityLinksService } from '../links/identity-links.service.js';
import { IngestEpochsRepository } from './ingest-epochs.repository.js';
import { ProductSegmentsRepository } from './product-segments.repository.js';
import { SegmentBuilder } from './segment-builder.js';
import { encodeSegment, type SegmentColumns } from './segment-columns.js';

/** Makes segments from raw events, when the process that inserted them is gone or does not know what became of a write. */
@Injectable()
export class SegmentRebuildService {
  constructor(
    private readonly epochs: IngestEpochsRepository,
    private readonly segments: ProductSegmentsRepository,
    private readonly identities: IdentityLinksService,
  ) {}

  /** The events that the epoch inserted for the project. */
  async read(projectKey: string, epoch: string, receivedFrom: Date): Promise<SegmentColumns> {
    const builder = new SegmentBuilder();
    for await (const events of this.epochs.streamEvents(projectKey, epoch, receivedFrom)) {
      for (const { eventName, timestamp, anonymousId, userId } of events) {
        // Which of them have changed a link is not known any more: all that may have.
        const mayLink = anonymousId !== undefined && userId !== undefined;
        builder.add({ eventName, time: timestamp?.getTime() ?? NaN, anonymousId, userId }, mayLink);
      }
    }
    return builder.snapshot();
  }

  /**
   * Writes the segments anew of an epoch into which nobody writes any more. Before them come the identity links of its
   * events, which whoever reads a segment takes for granted. Returns the projects that have events.
   */
  async rebuild(
    epoch: string,
    receivedFrom: Date,
    projectKeys: readonly string[],
    signal: AbortSignal,
  ): Promise<string[]> {
    await this.identities.completePending(signal);
    const written: string[] = [];
    for (const projectKey of projectKeys) {
      signal.throwIfAborted();
      const columns = await this.read(projectKey, epoch, receivedFrom);
      if (columns.length === 0) continue;
      await this.segments.write([{ projectKey, epoch, events: columns.length, data: encodeSegment(columns) }]);
      written.push(projectKey);
    }
    return written;
  }
}
