import pg from 'pg';
import type { DataSource } from 'typeorm';
import type { SqlConfig } from '../../config/app.config.js';

/**
 * Asks the database for a sign of life. On PostgreSQL by a connection of its own: the pool may be full of
 * healthy work, and a full pool does not mean that the server is away.
 */
export class SqlProbe {
  private client?: Promise<pg.Client>;
  private running?: Promise<void>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly config: SqlConfig,
  ) {}

  /** Calls at the same time share one query. Rejects when there is no answer within `timeoutMs`. */
  async ping(timeoutMs: number): Promise<void> {
    this.running ??= this.ask().finally(() => (this.running = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
    });
    try {
      await Promise.race([this.running, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async close(): Promise<void> {
    const client = await this.client?.catch(() => undefined);
    this.client = undefined;
    await client?.end();
  }

  private async ask(): Promise<void> {
    if (this.config.dialect === 'sqlite') {
      await this.dataSource.query('SELECT 1');
      return;
    }
    try {
      const client = await (this.client ??= this.connect());
      await client.query('SELECT 1');
    } catch (error) {
      const broken = this.client;
      this.client = undefined;
      void broken?.then((client) => client.end()).catch(() => undefined);
      throw error;
    }
  }

  private async connect(): Promise<pg.Client> {
    const client = new pg.Client({
      connectionString: this.config.location,
      application_name: 'almanac-probe',
      connectionTimeoutMillis: 1000,
      query_timeout: 1000,
      keepAlive: true,
    });
    // A connection that breaks while idle is noticed by the next query.
    client.on('error', () => undefined);
    await client.connect();
    return client;
  }
}
