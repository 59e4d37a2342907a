import type { TimeRange } from '../../../../../common/time/range.js';
import type { EventBatch, EventCount, EventSource, EventStream, PersonCount, TimeEdges } from '../../event-source.js';
import { StaleRollupsError } from './stale-rollups.error.js';

const ATTEMPTS = 4;

/** What rollups say, with the events that are not merged yet. Opens them again when they change under its hands. */
export class RollupEventSource implements EventSource {
  /** @param reopen the answers as they are now, from raw events if it must be: the same either way. */
  constructor(
    private current: EventSource,
    private readonly reopen: () => Promise<EventSource>,
  ) {}

  /** Where the answers come from since it was opened again. */
  get kind(): EventSource['kind'] {
    return this.current.kind;
  }

  countByName(range: TimeRange): Promise<EventCount[]> {
    return this.answer((figures) => figures.countByName(range));
  }

  countByBucket(boundaries: readonly number[]): Promise<number[]> {
    return this.answer((figures) => figures.countByBucket(boundaries));
  }

  findEdges(range: TimeRange): Promise<TimeEdges | null> {
    return this.answer((figures) => figures.findEdges(range));
  }

  countPersons(range: TimeRange, conversionEvent?: string): Promise<PersonCount> {
    return this.answer((figures) => figures.countPersons(range, conversionEvent));
  }

  stream(range: TimeRange, names?: readonly string[]): EventStream {
    let asked = this.current;
    return new ReopeningStream(
      () => (asked = this.current).stream(range, names),
      () => this.renew(asked),
    );
  }

  private async answer<T>(ask: (figures: EventSource) => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const asked = this.current;
      try {
        return await ask(asked);
      } catch (error) {
        if (!(error instanceof StaleRollupsError) || attempt === ATTEMPTS) throw error;
        await this.renew(asked);
      }
    }
  }

  /** Unless another question of the same report has done so already, so that those that follow are of one moment. */
  private async renew(stale: EventSource): Promise<void> {
    if (this.current !== stale) return;
    const renewed = await this.reopen();
    if (this.current === stale) this.current = renewed;
  }
}

/** Begins anew when the rollups change before the first batch; later, the report has to be asked for again. */
class ReopeningStream implements EventStream {
  private stream: EventStream;

  constructor(
    private readonly open: () => EventStream,
    private readonly renew: () => Promise<void>,
  ) {
    this.stream = open();
  }

  get names(): readonly string[] {
    return this.stream.names;
  }

  get groups(): readonly string[] {
    return this.stream.groups;
  }

  get persons(): number {
    return this.stream.persons;
  }

  async *batches(): AsyncGenerator<EventBatch> {
    for (let attempt = 1; ; attempt++) {
      let hasBegun = false;
      try {
        for await (const batch of this.stream.batches()) {
          hasBegun = true;
          yield batch;
        }
        return;
      } catch (error) {
        if (!(error instanceof StaleRollupsError) || hasBegun || attempt === ATTEMPTS) throw error;
        await this.renew();
        this.stream = this.open();
      }
    }
  }
}
