import { Catch, type ArgumentsHost } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { SentenceErrorFilter } from '../../common/errors/error.filter.js';
import { WhoopAuthenticationError, WhoopNotConfiguredError } from './whoop.errors.js';

/** As the WHOOP routes' old clients know it: a 401 of WHOOP's does not ask for credentials of ours, and a 400 says where to go. */
@Catch()
export class WhoopErrorFilter extends SentenceErrorFilter {
  override catch(exception: unknown, host: ArgumentsHost): void {
    if (exception instanceof WhoopAuthenticationError) this.answer(exception, 401, {}, host);
    else if (exception instanceof WhoopNotConfiguredError) {
      this.answer(exception, 400, { setup_url: exception.setupUrl }, host);
    } else super.catch(exception, host);
  }

  private answer(
    { message: error, code, explanation: details }: WhoopAuthenticationError | WhoopNotConfiguredError,
    statusCode: number,
    more: object,
    host: ArgumentsHost,
  ): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const body = { error, code, statusCode, details, ...more, requestId: request.id };
    void reply.status(statusCode).type('application/json; charset=utf-8').send(body);
  }
}
