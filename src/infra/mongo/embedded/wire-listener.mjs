// @ts-check
// The package brings a listener of its own, but it joins all it holds at each chunk that arrives: a 10 MB insert takes
// 0.6 s there and 0.13 s here. It also chooses its own socket path, and the server needs one that survives a restart.
import { rmSync } from 'node:fs';
import { createServer } from 'node:net';

const OP_REPLY = 1;
const OP_MSG = 2013;
const HEADER_BYTES = 16;
/** MongoDB's maxMessageSizeBytes; a driver that follows the handshake never sends more. */
const MAX_MESSAGE_BYTES = 48_000_000;

/**
 * @typedef {{ requestId: number, moreToCome: boolean, legacy: boolean, response: Buffer }} RoundTrip
 * @typedef {{ roundTrip(message: Buffer): Promise<RoundTrip> }} WireEngine
 */

/** Cuts a stream of bytes into wire messages (int32 length first, little endian, counting itself). */
export class MessageReader {
  /** @type {Buffer[]} */
  #chunks = [];
  #size = 0;
  #needed = 4;

  /**
   * @param {Buffer} chunk
   * @returns {Buffer[]} the messages that are complete now
   * @throws {RangeError} on a length no message can have: the stream cannot be read any further
   */
  push(chunk) {
    const messages = [];
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    while (this.#size >= this.#needed) {
      const held = this.#chunks.length === 1 ? /** @type {Buffer} */ (this.#chunks[0]) : Buffer.concat(this.#chunks);
      const length = held.readInt32LE(0);
      if (length < HEADER_BYTES || length > MAX_MESSAGE_BYTES) {
        throw new RangeError(`invalid wire message length ${length}`);
      }
      if (held.length < length) {
        this.#chunks = [held];
        this.#needed = length;
        break;
      }
      messages.push(held.subarray(0, length));
      const rest = held.subarray(length);
      this.#chunks = rest.length > 0 ? [rest] : [];
      this.#size = rest.length;
      this.#needed = 4;
    }
    return messages;
  }
}

/**
 * Serves an engine on a Unix socket, which only this user may reach when its folder is private.
 *
 * @param {WireEngine} engine
 * @param {string} socketPath what an engine that was killed left there is removed
 * @returns {Promise<{ stopAccepting(): void, hangUp(): void }>} `hangUp` ends every connection once its replies are out
 */
export async function listen(engine, socketPath) {
  /** @type {Set<import('node:net').Socket>} */
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A driver that goes away in the middle of a reply is its own business.
    socket.on('error', () => socket.destroy());
    serve(engine, socket);
  });
  rmSync(socketPath, { force: true });
  await new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(socketPath, () => resolve(undefined));
  });
  return {
    stopAccepting: () => void server.close(),
    hangUp: () => sockets.forEach((socket) => socket.destroySoon()),
  };
}

/**
 * @param {WireEngine} engine
 * @param {import('node:net').Socket} socket
 */
function serve(engine, socket) {
  const reader = new MessageReader();
  let queue = Promise.resolve();
  let replyId = 0;

  /** @param {Buffer} message */
  const answer = async (message) => {
    const { requestId, moreToCome, legacy, response } = await engine.roundTrip(message);
    if (moreToCome || socket.destroyed) return;
    socket.cork();
    socket.write(replyHead(++replyId, requestId, legacy, response.length));
    socket.write(response);
    socket.uncork();
  };

  socket.on('data', (chunk) => {
    try {
      for (const message of reader.push(chunk)) {
        // In order of arrival. A failure is the connection's: the driver sees it dropped rather than a reply it
        // cannot match to a request.
        queue = queue.then(() => answer(message)).catch(() => void socket.destroy());
      }
    } catch {
      socket.destroy();
    }
  });
}

/**
 * Header and fixed fields of a reply with one document; all other bytes of them are 0.
 *
 * @param {number} replyId
 * @param {number} requestId
 * @param {boolean} legacy an OP_QUERY, with which a driver opens the conversation, is answered by OP_REPLY
 * @param {number} bodyBytes
 */
function replyHead(replyId, requestId, legacy, bodyBytes) {
  const head = Buffer.alloc(HEADER_BYTES + (legacy ? 20 : 5));
  head.writeInt32LE(head.length + bodyBytes, 0);
  head.writeInt32LE(replyId, 4);
  head.writeInt32LE(requestId, 8);
  head.writeInt32LE(legacy ? OP_REPLY : OP_MSG, 12);
  if (legacy) head.writeInt32LE(1, 32);
  return head;
}
