import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, In, LessThanOrEqual } from 'typeorm';
import { placeholders } from '../../infra/sql/sql-dialect.js';
import { LoginAttemptEntity } from './login-attempt.entity.js';

export interface AttemptCounter {
  failures: number;
  blockedUntil: number;
  expiresAt: number;
}

export interface CounterToRaise {
  id: string;
  lifetimeMs: number;
}

@Injectable()
export class LoginAttemptsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Those that have not expired. */
  async find(ids: string[], now: number): Promise<Map<string, AttemptCounter>> {
    const rows = await this.counters.findBy({ id: In(ids) });
    return new Map(rows.filter((row) => row.expiresAt > now).map((row) => [row.id, { ...row }]));
  }

  /**
   * Raises the counters by one, beginning anew where one has expired, and returns them. One statement, so that
   * parallel guesses are all counted; always in the given order, so that two of them cannot block each other.
   */
  async raise(counters: CounterToRaise[], now: number): Promise<Map<string, AttemptCounter>> {
    const expired = 'login_attempts.expires_at <= excluded.started_at';
    const rows: Record<string, string | number>[] = await this.dataSource.query(
      placeholders(
        this.dataSource,
        `INSERT INTO login_attempts (id, failures, started_at, blocked_until, expires_at)
         VALUES ${counters.map(() => '(?, 1, ?, 0, ?)').join(', ')}
         ON CONFLICT (id) DO UPDATE SET
           failures = CASE WHEN ${expired} THEN 1 ELSE login_attempts.failures + 1 END,
           started_at = CASE WHEN ${expired} THEN excluded.started_at ELSE login_attempts.started_at END,
           blocked_until = CASE WHEN ${expired} THEN 0 ELSE login_attempts.blocked_until END,
           expires_at = CASE WHEN ${expired} THEN excluded.expires_at ELSE login_attempts.expires_at END
         RETURNING id, failures, blocked_until, expires_at`,
      ),
      counters.flatMap(({ id, lifetimeMs }) => [id, now, now + lifetimeMs]),
    );
    return new Map(
      rows.map((row) => [
        String(row.id),
        {
          failures: Number(row.failures),
          blockedUntil: Number(row.blocked_until),
          expiresAt: Number(row.expires_at),
        },
      ]),
    );
  }

  /** Takes one back. */
  async lower(ids: string[]): Promise<void> {
    await this.counters.decrement({ id: In(ids) }, 'failures', 1);
  }

  /** Starts a pause unless one is running; of several at once only one gets true. */
  async block(id: string, now: number, until: number): Promise<boolean> {
    const { affected } = await this.counters.update(
      { id, blockedUntil: LessThanOrEqual(now) },
      { blockedUntil: until },
    );
    return affected === 1;
  }

  async delete(ids: string[]): Promise<void> {
    await this.counters.delete({ id: In(ids) });
  }

  async deleteExpired(now: number): Promise<void> {
    await this.counters.delete({ expiresAt: LessThanOrEqual(now) });
  }

  private get counters() {
    return this.dataSource.getRepository(LoginAttemptEntity);
  }
}
