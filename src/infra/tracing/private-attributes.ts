import type { Attributes } from '@opentelemetry/api';

/** What instrumentations tell of a request that may name a person, a project or a secret. */
const PRIVATE = new Set([
  'url.query',
  'url.path',
  'url.full',
  'http.url',
  'http.target',
  'http.client_ip',
  'client.address',
  'network.peer.address',
  'net.peer.ip',
  'user_agent.original',
  'http.user_agent',
  'enduser.id',
  'db.connection_string',
  'db.user',
  'exception.message',
  'exception.stacktrace',
]);

/** Takes them away; of addresses that we call the host is told elsewhere. */
export function removePrivate(attributes: Attributes): void {
  for (const name of Object.keys(attributes)) if (PRIVATE.has(name)) delete attributes[name];
}
