import { RateLimitedError, UnavailableError } from './errors/domain.error.js';
import { RateBudget } from './rate-budget.js';

export interface AdmissionLimits {
  maxConcurrentBatches: number;
  /** Of all batches that are being written. */
  maxEvents: number;
  maxBytes: number;
  /** `null`: no limit. */
  eventsPerSecond: number | null;
}

/** Refuses work early, while refusing is cheap: memory and latency stay bounded whatever arrives. */
export class IngestAdmission {
  private running = 0;
  private events = 0;
  private bytes = 0;
  private readonly budget: RateBudget | null;

  constructor(private readonly limits: AdmissionLimits) {
    this.budget = limits.eventsPerSecond === null ? null : new RateBudget(limits.eventsPerSecond);
  }

  /** @throws UnavailableError when too many batches are being worked on. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running >= this.limits.maxConcurrentBatches) throw tooMuch();
    this.running++;
    try {
      return await work();
    } finally {
      this.running--;
    }
  }

  /**
   * For what waits in memory to be written. A batch larger than the limits passes when it is alone.
   * @throws UnavailableError when there is no room.
   */
  async hold<T>(size: { events: number; bytes: number }, work: () => Promise<T>): Promise<T> {
    const { maxEvents, maxBytes } = this.limits;
    if (this.events > 0 && (this.events + size.events > maxEvents || this.bytes + size.bytes > maxBytes))
      throw tooMuch();
    this.events += size.events;
    this.bytes += size.bytes;
    try {
      return await work();
    } finally {
      this.events -= size.events;
      this.bytes -= size.bytes;
    }
  }

  /** @throws RateLimitedError when this sender (a project, an account) sends faster than its rate. */
  charge(sender: string, events: number): void {
    const wait = this.budget?.spend(sender, events, performance.now()) ?? 0;
    if (wait > 0) throw new RateLimitedError('Data comes faster than the rate allows', wait);
  }
}

function tooMuch(): UnavailableError {
  return new UnavailableError('Too many batches are being written; try again in a moment', 1, 'OVERLOADED');
}
