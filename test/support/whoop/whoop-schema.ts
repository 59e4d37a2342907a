import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';

/** WHOOP's own document, with nullable optionals, read where it lies. */
const DOCUMENT = resolve('../shared/data/whoop/openapi.nullable.json');
const NUMBER = { type: 'number' as const, validate: () => true };

/** What the double answers, by the name of WHOOP's schema. Throws what is wrong with an answer; null without the document. */
export type AnswerCheck = (schema: string, answer: unknown) => void;

/** Without WHOOP's document nothing is checked, and that is said. */
export function loadAnswerCheck(path = DOCUMENT): AnswerCheck | null {
  if (!existsSync(path)) {
    console.warn(`SKIPPED: answers of the WHOOP double are not checked, since ${path} is not there.`);
    return null;
  }
  const ajv = new Ajv({
    strict: false,
    allErrors: true,
    formats: {
      'date-time': (text: string) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text),
      uuid: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
      int32: { type: 'number', validate: (value: number) => Number.isInteger(value) && Math.abs(value) < 2 ** 31 },
      int64: { type: 'number', validate: (value: number) => Number.isSafeInteger(value) },
      float: NUMBER,
      double: NUMBER,
      email: /@/,
    },
  });
  ajv.addSchema(JSON.parse(readFileSync(path, 'utf8')), 'whoop');
  const compiled = new Map<string, ValidateFunction>();
  return (schema, answer) => {
    let validate = compiled.get(schema);
    if (validate === undefined) {
      validate = ajv.compile({ $ref: `whoop#/components/schemas/${schema}` });
      compiled.set(schema, validate);
    }
    if (!validate(answer)) throw new Error(`Not a ${schema} of WHOOP: ${ajv.errorsText(validate.errors)}`);
  };
}
