import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import type { EventSelection } from '../event-selection.js';
import type { EventBatch, EventStream } from '../event-source.js';
import { textId, undecidedIds } from '../person.js';
import type { PropertyPath } from '../properties/property-filter.js';
import { NONE, propertyText } from '../properties/property-text.js';
import type { EventRow, RawEventSourceRepository } from './raw-event-source.repository.js';

/** Values of a property that are told apart at once, which bounds the memory that one report may take. */
export const MAX_VALUES = 100_000;

/** Stored events with a time, in order, as columns. */
export class RawEventStream implements EventStream {
  private readonly nameNumbers = new Numbers();
  private readonly groupNumbers = new Numbers();
  /** Users, and anonymousIds that are linked to none, by a letter and the id. */
  private readonly personNumbers = new Numbers();
  /** Whose events those of an anonymousId are; each is looked up once. */
  private readonly anonymous = new Map<string, number>();

  constructor(
    private readonly repository: RawEventSourceRepository,
    private readonly selection: EventSelection,
    private readonly breakdown?: PropertyPath,
  ) {
    // Those asked for get the numbers of their positions.
    for (const name of selection.names ?? []) this.nameNumbers.of(name);
  }

  get names(): readonly string[] {
    return this.nameNumbers.texts;
  }

  get groups(): readonly string[] {
    return this.groupNumbers.texts;
  }

  get persons(): number {
    return this.personNumbers.texts.length;
  }

  async *batches(): AsyncGenerator<EventBatch> {
    for await (const rows of this.repository.streamEvents(this.selection, this.breakdown)) {
      if (this.selection.processName === undefined) await this.decide(rows);
      yield this.toBatch(rows);
    }
  }

  private async decide(rows: readonly EventRow[]): Promise<void> {
    const unknown = undecidedIds(rows, this.anonymous);
    const links = await this.repository.findLinks(this.selection.projectKey, unknown);
    for (const anonymousId of unknown) {
      const userId = links.get(anonymousId);
      this.anonymous.set(anonymousId, this.personNumbers.of(userId === undefined ? `a${anonymousId}` : `u${userId}`));
    }
  }

  private toBatch(rows: readonly EventRow[]): EventBatch {
    const { length } = rows;
    const batch: EventBatch = {
      length,
      times: new Float64Array(length),
      nameOf: new Uint32Array(length),
      personOf: new Int32Array(length),
    };
    if (this.breakdown !== undefined) batch.groupOf = new Uint32Array(length);
    for (let i = 0; i < length; i++) {
      const row = rows[i]!;
      batch.times[i] = row.timestamp.getTime();
      batch.nameOf[i] = this.nameNumbers.of(row.eventName);
      batch.personOf[i] = this.personOf(row);
      if (batch.groupOf !== undefined) batch.groupOf[i] = this.groupOf(row);
    }
    return batch;
  }

  private personOf({ processId, userId, anonymousId }: EventRow): number {
    if (this.selection.processName !== undefined) return this.personNumbers.of(processId!);
    const user = textId(userId);
    if (user !== undefined) return this.personNumbers.of(`u${user}`);
    return this.anonymous.get(textId(anonymousId) ?? '') ?? -1;
  }

  private groupOf(row: EventRow): number {
    const group = this.groupNumbers.of(propertyText(row.label?.[0]) ?? NONE);
    if (group >= MAX_VALUES) throw tooManyValues();
    return group;
  }
}

export function tooManyValues(): InvalidInputError {
  return new InvalidInputError(
    `The property has more than ${MAX_VALUES} values in this time; ask for a shorter time with \`from\` and \`to\`, or for fewer events with a filter`,
  );
}

/** Numbers texts from 0 on, in the order in which they come. */
class Numbers {
  readonly texts: string[] = [];
  private readonly numbers = new Map<string, number>();

  of(text: string): number {
    let number = this.numbers.get(text);
    if (number === undefined) {
      number = this.texts.push(text) - 1;
      this.numbers.set(text, number);
    }
    return number;
  }
}
