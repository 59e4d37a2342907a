import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ProjectsService } from '../../projects/projects.service.js';
import { ProductEventsService, type BatchOutcome } from '../product/product-events.service.js';
import { excerptContext } from './context-excerpt.js';
import { mapMessage, type MessageSurroundings, type MessageType } from './message-mapping.js';
import { findSentAt } from './message-time.js';
import { readSegmentBatch, readSegmentBody, type SegmentBatch } from './segment-batch.js';
import { toProjectKey } from './write-key.js';

const NOTHING: BatchOutcome = { received: 0, inserted: 0, duplicates: 0, rejected: [] };

/** Takes what clients of Segment's HTTP tracking API send, and hands it as events to the ingest. */
@Injectable()
export class SegmentIngestService {
  constructor(
    private readonly events: ProductEventsService,
    private readonly projects: ProjectsService,
  ) {}

  /**
   * Stores one message of the type that its route says. One that is not as it should be is counted as rejected.
   * @param writeKey names the project; any JSON value, as the body.
   */
  async recordMessage(type: MessageType, writeKey: unknown, body: unknown): Promise<BatchOutcome> {
    const message = readSegmentBody(body);
    return this.record(toProjectKey(writeKey), { messages: [message], context: undefined, sentAt: undefined }, type);
  }

  /** Stores many messages of any type, each by its own verdict. Parameters as above. */
  async recordBatch(writeKey: unknown, body: unknown): Promise<BatchOutcome> {
    const batch = readSegmentBatch(body);
    return this.record(toProjectKey(writeKey), batch);
  }

  private async record(projectKey: string, batch: SegmentBatch, type?: MessageType): Promise<BatchOutcome> {
    const { messages } = batch;
    if (messages.length === 0) {
      await this.projects.getForIngest(projectKey);
      return NOTHING;
    }
    const receivedAt = new Date();
    const surroundings: MessageSurroundings = {
      sentAt: findSentAt(batch.sentAt, messages),
      receivedAt: receivedAt.getTime(),
      context: excerptContext(batch.context),
      newId: randomUUID,
    };
    const mapped = messages.map((message) => mapMessage(message, type, surroundings));
    // A sentence stands for no event and is refused as none, so that positions stay those of the messages.
    const envelope = { projectKey, events: mapped, sentAt: surroundings.sentAt };
    const outcome = await this.events.recordBatch(envelope, receivedAt, 'segment');
    const rejected = outcome.rejected.map(({ index, reason }) => {
      const fault = mapped[index];
      return { index, reason: typeof fault === 'string' ? fault : inTermsOfSegment(reason) };
    });
    return { ...outcome, rejected };
  }
}

const FIELDS_OF_SEGMENT = new Map([
  ['eventName', 'event'],
  ['eventId', 'messageId'],
]);

/** Reasons begin with the field at fault, by its name among events. */
function inTermsOfSegment(reason: string): string {
  const [field = ''] = reason.split(' ', 1);
  const name = FIELDS_OF_SEGMENT.get(field);
  return name === undefined ? reason : name + reason.slice(field.length);
}
