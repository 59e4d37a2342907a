import { ConfigError } from './config/load-config.js';
import {
  EmbeddedEngineLockedError,
  EmbeddedEngineUnavailableError,
} from './infra/mongo/embedded/embedded-mongo.errors.js';

/** One message for a person: what stopped the start and what to do. */
export function explainStartFailure(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof EmbeddedEngineLockedError || error instanceof EmbeddedEngineUnavailableError)
    return error.message;
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string };
  if (code === 'EADDRINUSE') {
    return (
      `Port ${port} is already in use. On macOS, AirPlay Receiver often holds port 5000 (System Settings, AirDrop & Handoff). ` +
      'Choose another with PORT=5050 npm start; browser extensions built for the old server expect 5000.'
    );
  }
  if (code === 'EACCES') return `Almanac may not listen on ${address}:${port}. Choose a port above 1023 with PORT.`;
  return `Almanac could not start: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}
