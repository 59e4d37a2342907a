import { Injectable, type PipeTransform } from '@nestjs/common';
import { InvalidInputError } from '../../../common/errors/domain.error.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const CYCLE = /^\d{1,18}$/;

function check(id: string, pattern: RegExp, what: string): string {
  if (!pattern.test(id))
    throw new InvalidInputError(`id must be ${what}`, [{ path: 'id', message: `id must be ${what}` }]);
  return id;
}

@Injectable()
export class RecordIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    return check(id, UUID, 'a UUID');
  }
}

@Injectable()
export class CycleIdPipe implements PipeTransform<string, string> {
  transform(id: string): string {
    return check(id, CYCLE, 'a number');
  }
}
