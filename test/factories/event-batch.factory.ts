import type { EventBatch, EventStream } from '../../src/modules/analytics/product/event-source.js';

/** An event as tests write it; `person` -1 is nobody. */
export interface StreamedEvent {
  time: number;
  eventName?: string;
  person?: number;
  /** Position of the breakdown's value. */
  group?: number;
}

/**
 * The events in order of time (those of one millisecond as they are written) in batches of the given lengths, the rest
 * in one more. Names are numbered as in `names`, to which unknown ones are added.
 */
export function eventBatches(
  events: readonly StreamedEvent[],
  names: string[] = [],
  lengths: readonly number[] = [],
): EventBatch[] {
  const sorted = [...events].sort((a, b) => a.time - b.time);
  const numberOf = (name: string) => (names.includes(name) ? names.indexOf(name) : names.push(name) - 1);
  const batches: EventBatch[] = [];
  for (let begin = 0, i = 0; begin < sorted.length; i++) {
    const part = sorted.slice(begin, begin + (lengths[i] ?? sorted.length));
    begin += part.length;
    batches.push({
      length: part.length,
      times: Float64Array.from(part, ({ time }) => time),
      nameOf: Uint32Array.from(part, ({ eventName }) => numberOf(eventName ?? 'event')),
      personOf: Int32Array.from(part, ({ person }) => person ?? 0),
      groupOf: Uint32Array.from(part, ({ group }) => group ?? 0),
    });
  }
  return batches;
}

/** A stream of these events; `names` are those asked for. */
export function eventStream(events: readonly StreamedEvent[], names?: readonly string[]): EventStream {
  const asked = names === undefined ? events : events.filter((event) => names.includes(event.eventName ?? 'event'));
  const known = [...(names ?? [])];
  return {
    names: known,
    groups: [],
    persons: Math.max(-1, ...asked.map(({ person }) => person ?? 0)) + 1,
    async *batches() {
      yield* eventBatches(asked, known, [1, 2, 3, 4]);
    },
  };
}
