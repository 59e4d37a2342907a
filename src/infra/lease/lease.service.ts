import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { LeaseRepository } from './lease.repository.js';

export interface Lease {
  readonly name: string;
  /** Grows with every acquisition of this name. Store it with what the holder writes, and refuse smaller ones. */
  readonly fencingToken: number;
  readonly holder: string;
  /** Epoch milliseconds by the database's clock. */
  readonly expiresAt: number;
}

/**
 * Named leases in SQL: at most one holder among all replicas at a time, judged by the database's clock alone.
 * A holder that was paused past its expiry may still be running: use `fencingToken` where that matters.
 */
@Injectable()
export class LeaseService {
  private readonly logger = new Logger(LeaseService.name);

  constructor(private readonly leases: LeaseRepository) {}

  /** The lease, or null while another holder has it. `ttlMs`: milliseconds until it runs out unless renewed. */
  async acquire(name: string, ttlMs: number): Promise<Lease | null> {
    const holder = randomUUID();
    const row = await this.leases.acquire(name, holder, ttlMs);
    return row && { name, holder, fencingToken: row.token, expiresAt: row.expiresAt };
  }

  /** The lease with its new expiry, or null when it has been lost. */
  async renew(lease: Lease, ttlMs: number): Promise<Lease | null> {
    const expiresAt = await this.leases.renew(lease.name, lease.holder, lease.fencingToken, ttlMs);
    return expiresAt === null ? null : { ...lease, expiresAt };
  }

  /** Gives the lease back. Nothing happens when it is no longer ours. */
  async release(lease: Lease): Promise<void> {
    await this.leases.release(lease.name, lease.holder, lease.fencingToken);
  }

  /**
   * Runs `work` under the lease and renews it meanwhile. Returns false, without running, when another holder
   * has it. `signal` aborts when the lease is lost (renewal refused, or impossible until it ran out); what
   * `work` throws is passed on.
   */
  async withLease(
    name: string,
    ttlMs: number,
    work: (signal: AbortSignal, lease: Lease) => Promise<void>,
  ): Promise<boolean> {
    const askedAt = performance.now();
    const lease = await this.acquire(name, ttlMs);
    if (!lease) return false;
    const lost = new AbortController();
    const stopRenewing = this.keepRenewing(lease, ttlMs, askedAt, lost);
    try {
      await work(lost.signal, lease);
    } finally {
      stopRenewing();
      await this.release(lease).catch((error: unknown) =>
        this.logger.warn(`Lease ${name} was not released and runs out by itself: ${String(error)}`),
      );
    }
    return true;
  }

  private keepRenewing(lease: Lease, ttlMs: number, askedAt: number, lost: AbortController): () => void {
    // Monotonic, and counted from before each request: never later than the database's own expiry.
    let validUntil = askedAt + ttlMs;
    let renewing = false;
    const lose = (): void => {
      clearInterval(timer);
      this.logger.warn(`Lease ${lease.name} was lost`);
      lost.abort(new Error(`Lease ${lease.name} was lost`));
    };
    const renew = async (): Promise<void> => {
      const askedAt = performance.now();
      const renewed = await this.renew(lease, ttlMs);
      if (lost.signal.aborted) return;
      if (renewed) validUntil = askedAt + ttlMs;
      else lose();
    };
    const timer = setInterval(() => {
      if (performance.now() >= validUntil) return lose();
      if (renewing) return;
      renewing = true;
      renew()
        .catch((error: unknown) => this.logger.warn(`Lease ${lease.name} could not be renewed: ${String(error)}`))
        .finally(() => (renewing = false));
    }, ttlMs / 4);
    timer.unref();
    return () => clearInterval(timer);
  }
}
