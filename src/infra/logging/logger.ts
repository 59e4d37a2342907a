import type { LoggerService } from '@nestjs/common';
import { isSpanContextValid, trace } from '@opentelemetry/api';
import { pino, type Logger as PinoLogger } from 'pino';
import pinoPretty from 'pino-pretty';
import type { LoggingConfig } from '../../config/app.config.js';
import { requestContext } from '../../common/http/request-context.js';
import { redactText } from './redact.js';

/** One pino for everything: JSON lines in production, readable ones on a terminal; secrets are cut out here. */
export function createPino(config: LoggingConfig): PinoLogger {
  const stream = config.pretty
    ? pinoPretty({
        colorize: process.stdout.isTTY,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'pid,hostname,context',
        messageFormat: '[{context}] {msg}',
        singleLine: true,
      })
    : undefined;
  const options = {
    level: config.level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => ({ ...requestContext.getStore(), ...currentTrace() }),
    hooks: {
      logMethod(this: PinoLogger, args: unknown[], method: (...rest: unknown[]) => void) {
        method.apply(
          this,
          args.map((arg) => (typeof arg === 'string' ? redactText(arg) : arg)),
        );
      },
    },
  };
  return stream === undefined ? pino(options as never) : pino(options as never, stream);
}

/** By which lines are found for a trace, where traces are made. */
function currentTrace(): { traceId?: string; spanId?: string } {
  const span = trace.getActiveSpan()?.spanContext();
  return span === undefined || !isSpanContextValid(span) ? {} : { traceId: span.traceId, spanId: span.spanId };
}

// Nest tells of every module and route at `log` level when it starts: seventy lines that hide the three that matter.
const NEST_STARTUP_CONTEXTS = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** Nest's Logger calls, written by pino. */
export class PinoLoggerService implements LoggerService {
  constructor(private readonly pino: PinoLogger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const context = contextOf(rest);
    this.write(NEST_STARTUP_CONTEXTS.has(context ?? '') ? 'debug' : 'info', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const fields: Record<string, unknown> = {};
    const context = contextOf(rest);
    if (context !== undefined) fields.context = context;
    const stack = rest.length > 1 ? rest[0] : undefined;
    if (typeof stack === 'string') fields.stack = redactText(stack);
    if (message instanceof Error) fields.stack = redactText(message.stack ?? '');
    this.pino[level](fields, message instanceof Error ? message.message : String(message));
  }
}

/** Nest passes the context as the last argument. */
function contextOf(rest: unknown[]): string | undefined {
  const last = rest.at(-1);
  return typeof last === 'string' ? last : undefined;
}
