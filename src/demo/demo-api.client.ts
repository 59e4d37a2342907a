import { setTimeout as sleep } from 'node:timers/promises';

const TIME_LIMIT_MS = 30_000;
const ATTEMPTS = 6;

export class DemoApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

interface ApiRequest {
  method: 'GET' | 'POST' | 'PATCH';
  path: string;
  query?: Record<string, string>;
  body?: unknown;
  /** In place of a JSON body. */
  text?: string;
}

/** The server's own HTTP API, called as any client does. */
export class DemoApi {
  constructor(
    readonly baseUrl: string,
    readonly token?: string,
  ) {}

  as(token: string): DemoApi {
    return new DemoApi(this.baseUrl, token);
  }

  get<T>(path: string, query: Record<string, string> = {}): Promise<T> {
    return this.send<T>({ method: 'GET', path, query });
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>({ method: 'POST', path, body });
  }

  /** Plain text, answered with nothing. */
  async postText(path: string, query: Record<string, string>, text: string): Promise<void> {
    await this.send<null>({ method: 'POST', path, query, text });
  }

  patch<T>(path: string, body: unknown): Promise<T> {
    return this.send<T>({ method: 'PATCH', path, body });
  }

  /** The same request as a command line, which holds the token. */
  curl(request: ApiRequest): string {
    const parts = ['curl -s', quote(this.url(request))];
    if (request.method !== 'GET') parts.push(`-X ${request.method}`);
    for (const [name, value] of Object.entries(this.headers(request))) parts.push(`-H ${quote(`${name}: ${value}`)}`);
    if (request.body !== undefined) parts.push(`-d ${quote(JSON.stringify(request.body))}`);
    return parts.join(' ');
  }

  /**
   * Tries again when the server asks for patience.
   * @throws DemoApiError for any other answer that is not a success.
   */
  private async send<T>(request: ApiRequest): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(this.url(request), {
        method: request.method,
        headers: this.headers(request),
        body: request.text ?? (request.body === undefined ? undefined : JSON.stringify(request.body)),
        signal: AbortSignal.timeout(TIME_LIMIT_MS),
      });
      if (response.ok) return (response.status === 204 ? null : await response.json()) as T;
      const text = await response.text();
      const patience = response.status === 429 || response.status === 503;
      if (!patience || attempt === ATTEMPTS) {
        throw new DemoApiError(
          response.status,
          `${request.method} ${request.path} answered ${response.status}: ${text}`,
        );
      }
      await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
    }
  }

  private url({ path, query = {} }: ApiRequest): string {
    const search = new URLSearchParams(query).toString();
    return `${this.baseUrl}${path}${search === '' ? '' : `?${search}`}`;
  }

  private headers({ body, text }: ApiRequest): Record<string, string> {
    return {
      ...(this.token !== undefined && { authorization: `Bearer ${this.token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(text !== undefined && { 'content-type': 'text/plain; charset=utf-8' }),
    };
  }
}

/** One word of a POSIX shell, whatever it holds. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
