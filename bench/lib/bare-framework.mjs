// @ts-check
// The limit above: Fastify alone parses the same bodies and answers, and stores nothing.
import { fastify } from 'fastify';
import { serveWorker } from './worker.mjs';

serveWorker({
  /** @returns {Promise<string>} its address */
  async listen() {
    const server = fastify({ bodyLimit: 5 * 1024 * 1024 });
    server.post('/v1/events/batch', (request, reply) => {
      const { length } = /** @type {{events: unknown[]}} */ (request.body).events;
      void reply.send({ received: length, inserted: length, duplicates: 0, rejected: [], rejectedCount: 0 });
    });
    // Whatever else is asked for.
    server.all('/*', (_request, reply) => reply.code(202).send({}));
    return server.listen({ port: 0, host: '127.0.0.1' });
  },
});
