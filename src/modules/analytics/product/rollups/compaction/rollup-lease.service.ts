import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LeaseService } from '../../../../../infra/lease/lease.service.js';

const LEASE = 'product-rollups';
const LEASE_MS = 30_000;
const POLL_MS = 40;

/** Lets one at a time, of all replicas, change rollups. */
@Injectable()
export class RollupLeaseService {
  constructor(private readonly leases: LeaseService) {}

  /**
   * Runs `work` unless somebody else is at it; returns false then.
   * @param signal aborts the work, as does the loss of the lease.
   */
  async tryRun(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    return this.leases.withLease(LEASE, LEASE_MS, (lost) => work(AbortSignal.any([lost, signal])));
  }

  /** Waits for its turn. @throws the signal's reason */
  async run(signal: AbortSignal, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!(await this.tryRun(signal, work))) await this.pause(signal);
  }

  /** To be awaited between turns, so that others get theirs. @throws the signal's reason */
  async pause(signal: AbortSignal): Promise<void> {
    // What the timer throws is not the reason.
    await sleep(POLL_MS + Math.random() * POLL_MS, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}
