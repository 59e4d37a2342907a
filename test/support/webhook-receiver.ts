import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedCall {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

type Answer = number | ((response: ServerResponse) => void);

/** An endpoint on the loopback that remembers what it is sent and answers as it is told, the last answer for ever. */
export class WebhookReceiver {
  readonly calls: ReceivedCall[] = [];
  answers: Answer[] = [204];
  private readonly server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      this.calls.push({ path: request.url ?? '', headers: request.headers, body });
      const answer = this.answers.length > 1 ? this.answers.shift()! : this.answers[0]!;
      if (typeof answer === 'number') response.writeHead(answer).end('a secret of the receiver');
      else answer(response);
    });
  });

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await new Promise<void>((resolve) => receiver.server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
