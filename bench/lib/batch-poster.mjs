// @ts-check
import { connect } from 'node:net';

/** @typedef {{inserted: number, duplicates: number, received: number}} Verdict */

/**
 * Posts prepared batches over a few connections that stay open, and costs a tenth of what Node's own client costs: the
 * load must not take from a small machine what is to be measured. It speaks only as much HTTP as the server's answers need.
 */
export class BatchPoster {
  /**
   * @param {string} baseUrl @param {number} connections
   * @param {{path?: string, headers?: Record<string, string>}} [target] where to post and with which further headers
   */
  constructor(baseUrl, connections, { path = '/v1/events/batch', headers = {} } = {}) {
    const { hostname, port } = new URL(baseUrl);
    const all = { host: `${hostname}:${port}`, 'content-type': 'application/json', ...headers };
    this.path = path;
    this.head = Object.entries(all)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('');
    this.open = () => new PosterConnection(hostname, Number(port));
    this.idle = Array.from({ length: connections }, this.open);
    this.all = new Set(this.idle);
  }

  /**
   * The bytes of a whole request, to be made before the clock starts.
   * @param {object | Buffer} body bytes are sent as they are
   */
  prepare(body) {
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    const head = `POST ${this.path} HTTP/1.1\r\n${this.head}content-length: ${bytes.length}\r\n\r\n`;
    return Buffer.concat([Buffer.from(head), bytes]);
  }

  /**
   * @param {Buffer} request
   * @returns {Promise<Verdict>} rejects unless the answer is a success; nothing but an empty object when it has no body
   */
  async post(request) {
    let connection = this.idle.pop();
    if (connection === undefined) throw new Error('Every connection is busy');
    if (connection.isClosed) {
      // The server closes what was not used for a while.
      this.all.delete(connection);
      connection = this.open();
      this.all.add(connection);
    }
    const { status, text } = await connection.send(request);
    this.idle.push(connection);
    if (status !== 200 && status !== 204) throw new Error(`POST ${this.path} answered ${status}: ${text}`);
    return JSON.parse(text || '{}');
  }

  close() {
    for (const connection of this.all) connection.close();
  }
}

/** One request at a time. */
class PosterConnection {
  /** @param {string} hostname @param {number} port */
  constructor(hostname, port) {
    this.received = '';
    /** @type {((answer: {status: number, text: string}) => void) | undefined} */
    this.resolve = undefined;
    /** @type {((error: Error) => void) | undefined} */
    this.reject = undefined;
    this.socket = connect({ host: hostname, port, noDelay: true });
    this.socket.setEncoding('latin1');
    this.socket.on('data', (chunk) => this.take(String(chunk)));
    this.socket.on('error', (error) => this.reject?.(error));
    this.socket.on('close', () => this.reject?.(new Error('The server closed the connection')));
  }

  get isClosed() {
    return this.socket.destroyed;
  }

  /** @param {Buffer} request @returns {Promise<{status: number, text: string}>} */
  send(request) {
    this.socket.write(request);
    return new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
  }

  /** @param {string} chunk */
  take(chunk) {
    this.received += chunk;
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(this.received.slice(0, end + 2))?.[1] ?? 0);
    const text = this.received.slice(end + 4, end + 4 + length);
    if (text.length < length) return;
    const status = Number(this.received.slice(9, 12));
    this.received = this.received.slice(end + 4 + length);
    this.resolve?.({ status, text });
  }

  close() {
    this.reject = undefined;
    this.socket.destroy();
  }
}
