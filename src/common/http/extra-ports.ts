import { createServer, type Server } from 'node:http';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { HttpConfig } from '../../config/app.config.js';
import { answerRareRequests } from './fastify-adapter.js';

/** Answers on the ports where the old servers stood as well, with the same routes and time limits. */
export async function listenOnExtraPorts(app: NestFastifyApplication, config: HttpConfig): Promise<Server[]> {
  const fastify = app.getHttpAdapter().getInstance();
  const main = fastify.server;
  const servers: Server[] = [];
  for (const port of config.extraPorts) {
    const server = createServer({
      connectionsCheckingInterval: 2000,
      headersTimeout: main.headersTimeout,
      requestTimeout: main.requestTimeout,
      requireHostHeader: false,
    });
    server.keepAliveTimeout = main.keepAliveTimeout;
    server.on('request', (request, response) => fastify.routing(request, response));
    answerRareRequests(server);
    for (const listener of main.listeners('clientError'))
      server.on('clientError', listener as (...args: unknown[]) => void);
    await listen(server, port, config.host);
    servers.push(server);
  }
  return servers;
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
