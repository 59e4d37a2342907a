import { Injectable } from '@nestjs/common';
import { IdentityLinksRepository } from '../links/identity-links.repository.js';
import { ProductEventsRepository } from '../product-events.repository.js';
import { ProductDataErasure } from '../segments/product-data-erasure.js';
import { ProductSegmentsService } from '../segments/product-segments.service.js';

const ERASE_STEP = 1000;

/** Deletes all that is stored of a project into which nobody writes any more. */
@Injectable()
export class ProductErasureService {
  constructor(
    private readonly events: ProductEventsRepository,
    private readonly links: IdentityLinksRepository,
    private readonly segments: ProductSegmentsService,
    private readonly dependents: ProductDataErasure,
  ) {}

  /** In small steps; what is made from events goes first. False when `signal` stopped it before the end. */
  async erase(projectKey: string, signal: AbortSignal): Promise<boolean> {
    await this.segments.erase(projectKey);
    for (const [, erase] of this.dependents.list()) {
      if (signal.aborted) return false;
      await erase(projectKey, signal);
    }
    const steps = [
      () => this.events.deleteSome(projectKey, ERASE_STEP),
      () => this.links.deleteSome(projectKey, ERASE_STEP),
    ];
    for (const step of steps) {
      do {
        if (signal.aborted) return false;
      } while ((await step()) > 0);
    }
    // A recovery may have made segments of events that were still there.
    await this.segments.erase(projectKey);
    return true;
  }
}
