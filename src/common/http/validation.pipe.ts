import { Injectable, ValidationPipe, type ArgumentMetadata } from '@nestjs/common';
import type { ValidationError } from 'class-validator';
import { InvalidInputError, type ErrorDetail } from '../errors/domain.error.js';

const MAX_DETAILS = 10;
const MAX_TEXT = 200;

const COMMON_OPTIONS = {
  transform: true,
  stopAtFirstError: true,
  whitelist: true,
  validationError: { target: false, value: false },
  exceptionFactory: toInvalidInput,
};

/**
 * class-validator on every DTO. Unknown fields of a body are refused; unknown query parameters are
 * dropped, since old clients add some of their own (cache busters). Nothing is converted by itself:
 * an object where text is declared is an error, never `[object Object]`.
 */
@Injectable()
export class DtoValidationPipe extends ValidationPipe {
  private readonly queryPipe = new ValidationPipe(COMMON_OPTIONS);

  constructor() {
    super({ ...COMMON_OPTIONS, forbidNonWhitelisted: true });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type !== 'body') return this.queryPipe.transform(value, metadata);
    // Without this, an array of bodies would be validated item by item and reach a handler that expects one.
    if (isDtoClass(metadata.metatype) && value !== undefined && !isPlainObject(value)) {
      throw new InvalidInputError('The body must be a JSON object');
    }
    return super.transform(value, metadata);
  }
}

function isDtoClass(metatype: ArgumentMetadata['metatype']): boolean {
  return metatype !== undefined && ![Object, Array, String, Number, Boolean].some((type) => type === metatype);
}

function isPlainObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function toInvalidInput(errors: ValidationError[]): InvalidInputError {
  const details: ErrorDetail[] = [];
  collect(errors, '', details);
  const first = details[0];
  return new InvalidInputError(first === undefined ? 'The request is not valid' : first.message, details);
}

function collect(errors: ValidationError[], parent: string, details: ErrorDetail[]): void {
  for (const error of errors) {
    if (details.length >= MAX_DETAILS) return;
    const path = (parent === '' ? error.property : `${parent}.${error.property}`).slice(0, MAX_TEXT);
    const message = Object.values(error.constraints ?? {})[0];
    if (message !== undefined) details.push({ path, message: message.slice(0, MAX_TEXT) });
    collect(error.children ?? [], path, details);
  }
}
