import type { Readable } from 'node:stream';
import { ndjsonStream } from '../../../common/http/ndjson.js';
import type { BrowserEventRow } from './browser-event-row.js';
import { BrowserEventDto } from './dto/browser-events.dto.js';

export type WholeEvent = BrowserEventRow & { payload: object };

/** Events as lines: what a list shows of each, and its payload. */
export function exportEvents(events: AsyncIterable<WholeEvent>): Promise<Readable> {
  return ndjsonStream(toExported(events));
}

export async function* toExported(events: AsyncIterable<WholeEvent>): AsyncGenerator<object> {
  for await (const event of events) yield { ...BrowserEventDto.from(event), payload: event.payload };
}
