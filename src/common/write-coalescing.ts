/** How much of a limit one piece of work takes. */
export interface Weight {
  events: number;
  bytes: number;
}

/** `events` and `bytes`: of one group. */
export interface CoalescingLimits extends Weight {
  /** Groups that are worked on at once. */
  running: number;
  /** So many events must wait before a group is begun beside another: many small groups cost more than few large ones. */
  worthwhile: number;
}

interface Waiting<T> {
  item: T;
  weight: Weight;
}

/**
 * Does in one go what arrives while earlier work is still running, in the order of arrival. Whatever comes in the same
 * turn of the event loop goes together.
 */
export class Coalescer<T> {
  private readonly waiting: Waiting<T>[] = [];
  private waitingEvents = 0;
  private running = 0;
  private isScheduled = false;

  /** @param work settles every item of its group by itself and never rejects. */
  constructor(
    private readonly limits: CoalescingLimits,
    private readonly work: (group: T[]) => Promise<void>,
  ) {}

  push(item: T, weight: Weight): void {
    this.waiting.push({ item, weight });
    this.waitingEvents += weight.events;
    this.schedule();
  }

  /** Takes back what nobody has begun to work on. */
  takeWaiting(): T[] {
    return this.take(this.waiting.length);
  }

  private get mayStart(): boolean {
    if (this.running === 0) return this.waiting.length > 0;
    return this.running < this.limits.running && this.waitingEvents >= this.limits.worthwhile;
  }

  private schedule(): void {
    if (this.isScheduled || !this.mayStart) return;
    this.isScheduled = true;
    setImmediate(() => {
      this.isScheduled = false;
      while (this.mayStart) this.start();
    });
  }

  private start(): void {
    const group = this.takeGroup();
    this.running++;
    void this.work(group).finally(() => {
      this.running--;
      this.schedule();
    });
  }

  private takeGroup(): T[] {
    const { limits, waiting } = this;
    let [end, events, bytes] = [0, 0, 0];
    for (; end < waiting.length; end++) {
      const { weight } = waiting[end]!;
      events += weight.events;
      bytes += weight.bytes;
      if (end > 0 && (events > limits.events || bytes > limits.bytes)) break;
    }
    return this.take(end);
  }

  private take(count: number): T[] {
    const taken = this.waiting.splice(0, count);
    for (const { weight } of taken) this.waitingEvents -= weight.events;
    return taken.map(({ item }) => item);
  }
}
