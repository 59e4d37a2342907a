import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ChatCompletion, ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { requestFault, strictModeFaults } from './chat-completions.schema.js';

/** What was asked of the double, read for a test. */
export interface ModelRequest {
  path: string;
  headers: IncomingMessage['headers'];
  body: ChatCompletionCreateParamsNonStreaming;
  /** The JSON between the fences of the first message that has one. */
  data: any;
  /** Names and kinds of the fields that are asked for. */
  fields: Record<string, any>;
}

/** Answers one request: returns the content of a choice, or writes to the response by itself. */
export type Behaviour = (request: ModelRequest, response: ServerResponse) => string | object | undefined;

export interface DoubleOptions {
  /** Requests with another key get a 401. */
  apiKey?: string;
  /** As Gemini's OpenAI-compatible endpoint: refuses words of JSON schema it does not know, answers errors as an array. */
  gemini?: boolean;
}

/**
 * A loopback server that speaks the chat-completions protocol. It refuses requests that the published API would refuse,
 * tells the truth unless told otherwise, and can lie in every way that is known of models and their servers.
 */
export class ChatModelDouble {
  readonly requests: ModelRequest[] = [];
  /** Requests that the published API would refuse. */
  readonly faults: string[] = [];
  /** For requests that no behaviour is queued for. */
  behaviour: Behaviour = truth;
  private readonly queue: Behaviour[] = [];
  private readonly server: Server;

  private constructor(private readonly options: DoubleOptions) {
    this.server = createServer((request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        this.faults.push(String(error));
        response.destroy();
      });
    });
  }

  static async start(options: DoubleOptions = {}): Promise<ChatModelDouble> {
    const double = new ChatModelDouble(options);
    await new Promise<void>((resolve) => double.server.listen(0, '127.0.0.1', resolve));
    return double;
  }

  /** For OPENAI_BASE_URL and GEMINI_BASE_URL. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** The next requests are answered by these, one each. */
  next(...behaviours: Behaviour[]): this {
    this.queue.push(...behaviours);
    return this;
  }

  /** Forgets what was asked and how the next requests should be answered. */
  reset(): void {
    this.requests.length = 0;
    this.faults.length = 0;
    this.queue.length = 0;
    this.behaviour = truth;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const refusal = this.refusal(incoming, Buffer.concat(chunks).toString());
    if (refusal !== null) {
      const { status, message } = refusal;
      if (status === 400) this.faults.push(message);
      sendError(response, status, message, this.options.gemini);
      return;
    }
    const body = JSON.parse(Buffer.concat(chunks).toString()) as ChatCompletionCreateParamsNonStreaming;
    const request = readRequest(incoming, body);
    this.requests.push(request);
    const answer = (this.queue.shift() ?? this.behaviour)(request, response);
    if (answer !== undefined) sendChoice(response, body.model, answer);
  }

  private refusal(incoming: IncomingMessage, text: string): { status: number; message: string } | null {
    if (incoming.method !== 'POST' || incoming.url !== '/v1/chat/completions')
      return { status: 404, message: `no ${incoming.method} ${incoming.url}` };
    const { apiKey, gemini } = this.options;
    if (apiKey !== undefined && incoming.headers.authorization !== `Bearer ${apiKey}`)
      return { status: 401, message: `Incorrect API key provided: ${incoming.headers.authorization}` };
    const body: unknown = JSON.parse(text);
    const fault = requestFault(body);
    if (fault !== null) return { status: 400, message: fault };
    const format = (body as ChatCompletionCreateParamsNonStreaming).response_format;
    if (format?.type !== 'json_schema') return null;
    const schema = JSON.stringify(format.json_schema.schema);
    const unknown = ['"$schema"', '"additionalProperties"'].find((word) => schema.includes(word));
    if (gemini === true) {
      if (unknown === undefined) return null;
      return {
        status: 400,
        message: `Invalid JSON payload received. Unknown name ${unknown} at 'generation_config.response_schema': Cannot find field.`,
      };
    }
    const strict = format.json_schema.strict === true ? strictModeFaults(format.json_schema.schema) : [];
    return strict.length === 0
      ? null
      : { status: 400, message: `Invalid schema for response_format: ${strict.join('; ')}` };
  }
}

function readRequest(incoming: IncomingMessage, body: ChatCompletionCreateParamsNonStreaming): ModelRequest {
  const text =
    body.messages
      .map(({ content }) => (typeof content === 'string' ? content : ''))
      .find((content) => content.includes('```json\n')) ?? '';
  const json = /```json\n(.*)\n```$/s.exec(text)?.[1];
  const format = body.response_format;
  const schema = format?.type === 'json_schema' ? (format.json_schema.schema as { properties?: object }) : undefined;
  return {
    path: incoming.url ?? '',
    headers: incoming.headers,
    body,
    data: json === undefined ? undefined : JSON.parse(json),
    fields: { ...schema?.properties },
  };
}

export const USAGE = {
  prompt_tokens: 420,
  completion_tokens: 60,
  total_tokens: 480,
  prompt_tokens_details: { cached_tokens: 128 },
  completion_tokens_details: { reasoning_tokens: 16 },
};

/** A whole answer with one choice; `content` is its text or the object that the text holds. */
export function completion(model: string, content: string | object, choice: object = {}): ChatCompletion {
  const text = typeof content === 'string' ? content : JSON.stringify(content);
  return {
    id: 'chatcmpl-double',
    object: 'chat.completion',
    created: 1_764_000_000,
    model: `${model}-2025-04-14`,
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: text, refusal: null },
        finish_reason: 'stop',
        logprobs: null,
        ...choice,
      },
    ],
    usage: USAGE,
  };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function sendChoice(response: ServerResponse, model: string, content: string | object): void {
  sendJson(response, 200, completion(model, content));
}

export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  isGemini = false,
  headers: Record<string, string> = {},
): void {
  const body = isGemini
    ? [{ error: { code: status, message, status: 'INVALID_ARGUMENT' } }]
    : { error: { message, type: 'invalid_request_error', param: null, code: null } };
  sendJson(response, status, body, headers);
}

/** Fills every field that is asked for with the same prose. */
export function inEveryField({ fields }: ModelRequest, prose: string): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, field]) => [
      name,
      field.enum !== undefined ? field.enum[0] : field.type === 'array' ? [prose, prose] : prose,
    ]),
  );
}

/** Says what the data say, with every labelled figure. */
export const truth: Behaviour = (request) => {
  const figures = Object.entries((request.data?.figures ?? {}) as Record<string, string>).filter(
    ([label]) => !/[.\d]/.test(label),
  );
  const prose = figures.map(([label, figure]) => `The ${label} was ${figure}.`).join(' ');
  return inEveryField(request, prose === '' ? 'There is little to tell.' : prose);
};
