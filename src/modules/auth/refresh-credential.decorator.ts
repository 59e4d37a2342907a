import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

/** The refresh token of a request: as Bearer, as the old clients send it, else `refresh_token` of the body; else null. */
export const RefreshCredential = createParamDecorator((_: unknown, context: ExecutionContext): string | null => {
  const request = context.switchToHttp().getRequest<FastifyRequest>();
  const bearer = /^bearer +([^\s]+) *$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const given = (request.body as { refresh_token?: unknown } | null | undefined)?.refresh_token;
  return typeof given === 'string' ? given : null;
});
