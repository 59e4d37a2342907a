import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

const KEPT_MS = 15 * 60_000;
const MAX_KEYS = 10_000;

/**
 * The Gemini keys of requests, in memory alone and only until their task has ended: never stored, never logged. A task that
 * another process resumes does without.
 */
@Injectable()
export class GeminiKeys {
  private readonly keys = new LRUCache<string, string>({ max: MAX_KEYS, ttl: KEPT_MS });

  keep(taskId: string, key: string): void {
    this.keys.set(taskId, key);
  }

  find(taskId: string): string | undefined {
    return this.keys.get(taskId);
  }

  forget(taskId: string): void {
    this.keys.delete(taskId);
  }
}
