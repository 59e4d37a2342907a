/** One answer of the server, read to its end. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  /** The parsed JSON body; undefined when there is none. */
  body: any;
}

export interface RequestOptions {
  token?: string;
  apiKey?: string;
  body?: unknown;
  /** Sent as it is instead of JSON. */
  raw?: string | Buffer;
  headers?: Record<string, string>;
  timeoutMs?: number;
}

/** Calls the API as a client does. */
export class ApiClient {
  constructor(
    readonly baseUrl: string,
    private readonly token?: string,
  ) {}

  /** That it sends with every request. */
  get accessToken(): string | undefined {
    return this.token;
  }

  as(token: string): ApiClient {
    return new ApiClient(this.baseUrl, token);
  }

  get(path: string, options: RequestOptions = {}): Promise<Answer> {
    return this.request('GET', path, options);
  }

  post(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    return this.request('POST', path, { ...options, body });
  }

  patch(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    return this.request('PATCH', path, { ...options, body });
  }

  put(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    return this.request('PUT', path, { ...options, body });
  }

  delete(path: string, body?: unknown, options: RequestOptions = {}): Promise<Answer> {
    return this.request('DELETE', path, { ...options, body });
  }

  async request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
    const headers: Record<string, string> = { ...options.headers };
    const token = options.token ?? this.token;
    if (options.apiKey !== undefined) headers['x-api-key'] = options.apiKey;
    else if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    if (body !== undefined) headers['content-type'] ??= 'application/json';
    const response = await fetch(this.baseUrl + path, {
      method,
      headers,
      body,
      signal: AbortSignal.timeout(options.timeoutMs ?? 20_000),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json') === true && text !== '';
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  }

  /** Registers a new account and returns a client that acts for it. */
  async register(
    name: string,
    password = 'correct horse battery',
  ): Promise<{ client: ApiClient; user: any; accessToken: string; refreshToken: string; email: string }> {
    const email = `${name}-${Math.random().toString(36).slice(2, 10)}@example.com`;
    const answer = await new ApiClient(this.baseUrl).post('/api/auth/register', { email, name, password });
    if (answer.status !== 201) throw new Error(`register answered ${answer.status}: ${answer.text}`);
    const { user, access_token: accessToken, refresh_token: refreshToken } = answer.body;
    return { client: this.as(accessToken), user, accessToken, refreshToken, email };
  }

  async createProject(name = 'Demo'): Promise<string> {
    const answer = await this.post('/v1/projects', { name });
    if (answer.status !== 200) throw new Error(`creating a project answered ${answer.status}: ${answer.text}`);
    return answer.body.projectKey;
  }
}
