import { SpanStatusCode, trace, type Attributes } from '@opentelemetry/api';

/** Runs `work` in a span of its own; costs next to nothing where nothing is traced. */
export function inSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getTracer('almanac').startActiveSpan(name, { attributes }, async (span) => {
    try {
      return await work();
    } catch (error) {
      // Without its text, which may hold what a user wrote.
      span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : undefined });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** The same as part of what is being traced; without that no span, as of what goes on in the background all the time. */
export function inChildSpan<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
  return trace.getActiveSpan() === undefined ? work() : inSpan(name, attributes, work);
}
