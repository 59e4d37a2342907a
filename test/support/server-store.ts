import { readFileSync } from 'node:fs';
import { createConnection, type Connection } from 'mongoose';
import type { ServerProcess } from './server.js';

/** The embedded database of a running server, to see what it stored. Close the connection afterwards. */
export async function openServerStore(server: ServerProcess): Promise<Connection> {
  const socket = readFileSync(`/proc/${server.enginePid()}/cmdline`, 'utf8')
    .split('\0')
    .find((argument) => argument.endsWith('.sock'));
  if (socket === undefined) throw new Error('The engine has no socket');
  const uri = `mongodb://${encodeURIComponent(socket)}/?directConnection=true`;
  return createConnection(uri, { dbName: 'almanac' }).asPromise();
}
