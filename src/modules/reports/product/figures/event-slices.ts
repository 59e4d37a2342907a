import type { EventBatch, EventStream } from '../../../analytics/product/event-source.js';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';

/** Events between two looks at the clock; the reports need 20 to 200 ns for each. */
const EVENTS_PER_LOOK = 16_384;

/** What the reports do with the events of a stream. */
export interface EventConsumer {
  /** Takes the events of the batch from `begin` to `end` (exclusive). */
  add(batch: EventBatch, begin: number, end: number): void;
  /** No more events are wanted. */
  readonly isDone?: boolean;
}

/** Gives all events of a stream to a consumer, in order and in pieces between which other requests have their turn. */
export async function consume(stream: EventStream, consumer: EventConsumer): Promise<void> {
  const turns = new EventLoopTurns();
  for await (const batch of stream.batches()) {
    for (let begin = 0; begin < batch.length; begin += EVENTS_PER_LOOK) {
      consumer.add(batch, begin, Math.min(begin + EVENTS_PER_LOOK, batch.length));
      if (consumer.isDone === true) return;
      await turns.give();
    }
  }
}
