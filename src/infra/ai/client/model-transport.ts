import { Agent, fetch as undiciFetch, Response as UndiciResponse } from 'undici';

const CONNECT_TIMEOUT_MS = 3000;
/** An answer is a few kilobytes; more is a fault or an attack. */
const MAX_RESPONSE_BYTES = 10 * 1024 * 1024;

export class ResponseTooLargeError extends Error {
  constructor() {
    super('The answer is too large');
    this.name = 'ResponseTooLargeError';
  }
}

/** Connections to providers: a short time to connect, no redirects (they would carry the key elsewhere), a limit for bodies. */
export class ModelTransport {
  private readonly agent = new Agent({
    connect: { timeout: CONNECT_TIMEOUT_MS },
    // The deadline of the call governs.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  constructor(private readonly maxResponseBytes = MAX_RESPONSE_BYTES) {}

  readonly fetch: typeof globalThis.fetch = async (input, init) => {
    // Both sides are fetch; undici's own types differ from those of the platform in names only.
    const response = await undiciFetch(input as Parameters<typeof undiciFetch>[0], {
      ...(init as Parameters<typeof undiciFetch>[1]),
      dispatcher: this.agent,
      redirect: 'error',
    });
    const limited = this.limited(response);
    return limited.ok ? limited : withoutArray(limited);
  };

  /** Ends connections that are still open. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  private limited(response: UndiciResponse): UndiciResponse {
    if (response.body === null) return response;
    let left = this.maxResponseBytes;
    const counter = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        left -= chunk.byteLength;
        if (left < 0) controller.error(new ResponseTooLargeError());
        else controller.enqueue(chunk);
      },
    });
    const body = (response.body as ReadableStream<Uint8Array>).pipeThrough(counter);
    return new UndiciResponse(body as never, {
      status: response.status,
      statusText: response.statusText,
      headers: response.headers,
    });
  }
}

/** Gemini answers errors as an array of one; the client library looks for an object. */
async function withoutArray(response: UndiciResponse): Promise<UndiciResponse> {
  const { status, statusText, headers } = response;
  const text = await response.text();
  const body = text.trimStart().startsWith('[') ? firstItem(text) : text;
  return new UndiciResponse(body, { status, statusText, headers });
}

function firstItem(text: string): string {
  try {
    const items = JSON.parse(text) as unknown[];
    return JSON.stringify(items[0] ?? {});
  } catch {
    return text;
  }
}
