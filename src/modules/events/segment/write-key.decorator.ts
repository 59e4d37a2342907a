import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { findWriteKey } from './write-key.js';

/** The key of a Segment request: Basic user name, else `writeKey` of the body; any JSON value, undefined without one. */
export const WriteKey = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  return findWriteKey(request.headers.authorization, request.body);
});
