import pg from 'pg';

/**
 * `pg` as TypeORM wants it, with a pool that closes a connection whose query timed out. Without this the
 * connection goes back to the pool with the unanswered query still in front, and after a dropped network
 * every later query on it times out too.
 */
class EvictingPool extends pg.Pool {
  constructor(options?: pg.PoolConfig) {
    super(options);
    this.on('connect', (client) => closeOnReadTimeout(client));
  }
}

/** The part of pg's client that its types leave out. */
interface ClientInternals {
  connection?: { stream: { destroy(): void } };
}

function closeOnReadTimeout(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...parameters: unknown[]) => unknown;
  const watched = (...parameters: unknown[]): unknown => {
    const result = query(...parameters);
    if (result instanceof Promise) {
      result.catch((error: unknown) => {
        if (isReadTimeout(error)) (client as unknown as ClientInternals).connection?.stream.destroy();
      });
    }
    return result;
  };
  client.query = watched as typeof client.query;
}

/** pg gives its client-side time limit no code. */
function isReadTimeout(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

export const postgresDriver = { ...pg, Pool: EvictingPool };
