import type { ProductRollupsService } from '../product-rollups.service.js';

/**
 * The days of a project whose rollups a removal is about to make wrong. Each is marked before the first of its events
 * goes. Since another process may repair a day in the midst of it, all are marked once more when it is done.
 */
export class DirtyDays {
  private readonly days = new Set<number>();

  constructor(
    private readonly rollups: Pick<ProductRollupsService, 'markDirty'>,
    private readonly projectKey: string,
  ) {}

  /** Durable when it resolves. */
  async mark(days: Iterable<number>): Promise<void> {
    const fresh = [...new Set(days)].filter((day) => !this.days.has(day));
    if (fresh.length === 0) return;
    await this.rollups.markDirty(this.projectKey, fresh);
    for (const day of fresh) this.days.add(day);
  }

  /** Durable when it resolves. */
  async markAgain(): Promise<void> {
    if (this.days.size > 0) await this.rollups.markDirty(this.projectKey, [...this.days]);
  }
}
