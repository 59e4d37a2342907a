import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';
import { ErrorResponseDto } from '../errors/error-response.dto.js';

const DESCRIPTIONS: Record<number, string> = {
  400: 'The request is not valid; `details` names the fields.',
  401: 'No, expired or wrong credentials.',
  403: 'The caller may not do this, or the project is unknown or inactive.',
  404: 'Not found, or not visible to the caller.',
  409: 'The request conflicts with the present state.',
  413: 'The body is too large.',
  415: 'The content type or encoding is not supported.',
  422: 'The request was understood but cannot be carried out.',
  429: 'Too many requests; wait for `Retry-After` seconds.',
  500: 'A fault of the server.',
  503: 'A store is down or the server is overloaded; wait for `Retry-After` seconds.',
};

/** Documents error answers of a route; all share one body. */
export function ApiErrors(...statuses: number[]): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ...statuses.map((status) =>
      ApiResponse({ status, type: ErrorResponseDto, description: DESCRIPTIONS[status] ?? 'Error' }),
    ),
  );
}
