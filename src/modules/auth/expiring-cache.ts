import { LRUCache } from 'lru-cache';

/**
 * Remembers what `load` returned for a short while, one load per key at a time. Failures are not remembered.
 * Time is the process's monotonic clock.
 */
export class ExpiringCache<T> {
  private readonly entries: LRUCache<string, Promise<T>>;

  constructor(
    private readonly load: (key: string) => Promise<T>,
    options: { ttlMs: number; max: number },
  ) {
    this.entries = new LRUCache({ max: options.max, ttl: options.ttlMs });
  }

  get(key: string): Promise<T> {
    const known = this.entries.get(key);
    if (known) return known;
    const loading = this.load(key);
    this.entries.set(key, loading);
    loading.catch(() => {
      if (this.entries.peek(key) === loading) this.entries.delete(key);
    });
    return loading;
  }

  /** Whoever asks from now on gets a fresh value. */
  forget(key: string): void {
    this.entries.delete(key);
  }
}
