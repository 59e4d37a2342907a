import { Injectable } from '@nestjs/common';
import { BrowserHistoryService } from './browser-history.service.js';

/** Erases one's browsing and what others have made of it; they register here, since events know nothing of them. */
@Injectable()
export class BrowserErasure {
  private readonly derived: ((userId: string) => Promise<void>)[] = [];

  constructor(private readonly history: BrowserHistoryService) {}

  /** @param erase erases what was made from a user's browsing. */
  register(erase: (userId: string) => Promise<void>): void {
    this.derived.push(erase);
  }

  /** The events first, so that nothing is made from them again; returns how many there were. */
  async delete(userId: string): Promise<number> {
    const deleted = await this.history.delete(userId);
    for (const erase of this.derived) await erase(userId);
    return deleted;
  }
}
