import { FIELD_TYPES, type FieldType } from '../line-protocol/field-type.js';
import { printable } from '../line-protocol/line-reader.js';
import { nameFault } from '../line-protocol/series.js';

const MAX_NAME_LENGTH = 256;
/** Of one body, whose types have to be asked for. */
const MAX_ASKED = 5000;

/** Of a field that its measurement does not take any more, since it has too many. */
export const NO_MORE_FIELDS = -1;
export type KnownType = FieldType | typeof NO_MORE_FIELDS;

export interface FieldName {
  /** Name of the organization. */
  org: string;
  measurement: string;
  field: string;
}

/** The types that fields have, as the store knows them. Answers come in the order of the questions. */
export interface TypeRegistry {
  /** Undefined for fields that have none yet. */
  find(fields: readonly FieldName[]): Promise<(KnownType | undefined)[]>;
  /** Gives new fields their types. Of two at the same moment one gets its way: the answer says which. */
  claim(fields: readonly (FieldName & { type: FieldType })[]): Promise<KnownType[]>;
}

/**
 * The types of the fields in one body. What is not known is supposed to have the type that the body gives it first; when
 * that turns out to be wrong, the body is read again.
 */
export class FieldTypes {
  private readonly measurements = new Map<string, MeasurementTypes>();
  private readonly budget = { left: MAX_ASKED };

  of(org: string, measurement: string): MeasurementTypes {
    const key = `${org}\0${measurement}`;
    let types = this.measurements.get(key);
    if (types === undefined) {
      types = new MeasurementTypes(org, measurement, this.budget);
      this.measurements.set(key, types);
    }
    return types;
  }

  /**
   * Asks for what was supposed. Only when all of it may be right, new fields get their types: a line that is going to be
   * refused must not give any.
   * @returns false when a type was supposed wrongly.
   */
  async confirm(registry: TypeRegistry): Promise<boolean> {
    const all = [...this.measurements.values()];
    const asked = all.flatMap((types) => types.takeAsked());
    if (asked.length > 0) {
      const found = await registry.find(asked);
      asked.forEach(({ org, measurement, field }, index) => this.of(org, measurement).learn(field, found[index]));
    }
    if (all.some((types) => types.isWrong)) return false;
    const fresh = all.flatMap((types) => types.listNew());
    if (fresh.length > 0) {
      const given = await registry.claim(fresh);
      fresh.forEach(({ org, measurement, field }, index) => this.of(org, measurement).learn(field, given[index]));
    }
    return !all.some((types) => types.isWrong);
  }

  /** The lines are read again from the first. */
  restart(): void {
    for (const types of this.measurements.values()) types.restart();
  }
}

/** Of one measurement of one organization. */
export class MeasurementTypes {
  /** What was supposed of points that were taken is not so. */
  isWrong = false;
  /** Fields whose type is not known, also of lines that are refused: they are asked for once, however many lines. */
  private readonly asked = new Set<string>();
  private readonly known = new Map<string, KnownType>();
  /** Of points that were taken. */
  private readonly supposed = new Map<string, FieldType>();

  constructor(
    private readonly org: string,
    private readonly measurement: string,
    private readonly budget: { left: number },
  ) {}

  /** Why a point with these fields is refused, as the end of a sentence; `null`: it is not, as far as is known. */
  check(keys: readonly string[], types: readonly FieldType[], count: number): string | null {
    const fresh = new Map<string, FieldType>();
    let refusal: string | null = null;
    // All of them, also after a refusal: what is asked now need not be asked after another reading.
    for (let i = 0; i < count; i++) {
      const [key, type] = [keys[i]!, types[i]!];
      refusal = this.checkOne(key, type, fresh) ?? refusal;
      fresh.set(key, type);
    }
    if (refusal !== null) return refusal;
    for (const [key, type] of fresh) if (!this.known.has(key)) this.supposed.set(key, type);
    return null;
  }

  learn(field: string, type: KnownType | undefined): void {
    if (type === undefined) return;
    this.known.set(field, type);
    if (this.supposed.has(field) && this.supposed.get(field) !== type) this.isWrong = true;
  }

  takeAsked(): FieldName[] {
    const { org, measurement } = this;
    const asked = Array.from(this.asked, (field) => ({ org, measurement, field }));
    this.asked.clear();
    return asked;
  }

  /** The fields of points that were taken which have no type yet. */
  listNew(): (FieldName & { type: FieldType })[] {
    const { org, measurement } = this;
    const fresh = [...this.supposed].filter(([field]) => !this.known.has(field));
    return fresh.map(([field, type]) => ({ org, measurement, field, type }));
  }

  restart(): void {
    // It is asked for again, and counted again.
    this.budget.left += this.supposed.size;
    this.supposed.clear();
    this.isWrong = false;
  }

  private checkOne(key: string, type: FieldType, ofThisLine: ReadonlyMap<string, FieldType>): string | null {
    const expected = this.known.get(key) ?? this.supposed.get(key) ?? ofThisLine.get(key);
    if (expected === NO_MORE_FIELDS) return 'its measurement has too many fields for another one';
    if (expected !== undefined) return expected === type ? null : conflict(key, type, expected);
    if (key.length > MAX_NAME_LENGTH) return 'the name of a field is too long';
    const fault = nameFault('field', key);
    if (fault !== null) return fault;
    if (!this.asked.has(key) && this.budget.left-- <= 0)
      return 'the body has too many different fields; send it in parts';
    this.asked.add(key);
    return null;
  }
}

function conflict(key: string, type: FieldType, expected: FieldType): string {
  return `type conflict: the field ${printable(key, 64)} is ${FIELD_TYPES[expected]}, this value is ${FIELD_TYPES[type]}`;
}
