import { spawn } from 'node:child_process';
import { BackupError } from './backup.error.js';

const MAX_ERROR_TEXT = 2000;

/** PostgreSQL's own programs. The password goes by the environment: arguments can be seen by every user of the machine. */
export class PostgresTools {
  private readonly url: string;
  private readonly environment: NodeJS.ProcessEnv;

  /** @param location of the database, a URL that may hold a password */
  constructor(location: string, environment: NodeJS.ProcessEnv) {
    const url = new URL(location);
    const password = decodeURIComponent(url.password);
    url.password = '';
    this.url = url.href;
    this.environment = { ...environment, ...(password !== '' && { PGPASSWORD: password }) };
  }

  /** @throws BackupError when the program is not there */
  async assertFound(program: 'pg_dump' | 'pg_restore'): Promise<void> {
    await this.run(program, ['--version']);
  }

  /** One snapshot of the database, compressed, that `pg_restore` reads. */
  async dump(path: string): Promise<void> {
    await this.run('pg_dump', [
      '--format=custom',
      '--no-owner',
      '--no-privileges',
      '--file',
      path,
      '--dbname',
      this.url,
    ]);
  }

  /** All of it or, when something fails, nothing. */
  async restore(path: string): Promise<void> {
    const options = ['--no-owner', '--no-privileges', '--exit-on-error', '--single-transaction'];
    await this.run('pg_restore', [...options, '--dbname', this.url, path]);
  }

  private run(program: string, options: string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const child = spawn(program, options, { env: this.environment, stdio: ['ignore', 'ignore', 'pipe'] });
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-MAX_ERROR_TEXT)));
      child.once('error', (error) => reject(notStarted(program, error)));
      child.once('close', (status) => {
        if (status === 0) resolve();
        else reject(new BackupError(`${program} failed: ${errors.trim() || `exit code ${status}`}`));
      });
    });
  }
}

function notStarted(program: string, error: NodeJS.ErrnoException): Error {
  if (error.code !== 'ENOENT') return error;
  return new BackupError(
    `${program} is not on the PATH. Install PostgreSQL's client programs of the server's version or later ` +
      '(Debian: apt-get install postgresql-client), or run this command on a machine that has them.',
  );
}
