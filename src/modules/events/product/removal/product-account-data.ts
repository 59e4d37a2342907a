import { Injectable, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { AccountErasure } from '../../../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../../../common/lifecycle/account-export.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { IdentityLinksService } from '../links/identity-links.service.js';
import { ProductErasureService } from './product-erasure.service.js';
import { ProductEventsService } from '../product-events.service.js';

/**
 * Longer than any replica believes what it has cached of an account (5 s) or a project (1 s), plus a write that it
 * may have begun: after it nothing of a closed account can be added any more.
 */
const REPLICAS_KNOW_MS = 8000;

/** What an account owns here, its projects and their events, for the export and the deletion of the account. */
@Injectable()
export class ProductAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly projects: ProjectsService,
    private readonly events: ProductEventsService,
    private readonly identities: IdentityLinksService,
    private readonly projectErasure: ProductErasureService,
  ) {}

  onModuleInit(): void {
    this.erasure.register('product-projects', (userId, signal) => this.erase(userId, signal));
    this.exports.register('projects', (userId) => this.exportProjects(userId));
    this.exports.register('product-events', (userId) => this.exportEvents(userId));
    this.exports.register('identity-links', (userId) => this.exportLinks(userId));
  }

  private async erase(userId: string, signal: AbortSignal): Promise<void> {
    await this.projects.claimOwnedForErasure(userId, new Date());
    await sleep(REPLICAS_KNOW_MS, undefined, { signal });
    for (const projectKey of await this.projects.claimOwnedForErasure(userId, new Date())) {
      if (!(await this.projectErasure.erase(projectKey, signal))) return;
      await this.projects.deleteErased(projectKey);
    }
  }

  private async *exportProjects(userId: string): AsyncGenerator<object> {
    for (const project of await this.projects.listOwned(userId)) {
      const { projectKey, name, createdAt, isActive, timezone, weekStart, eventRetentionDays } = project;
      yield { projectKey, name, createdAt, isActive, timezone, weekStart, eventRetentionDays };
    }
  }

  private async *exportEvents(userId: string): AsyncGenerator<object> {
    for (const { projectKey } of await this.projects.listOwned(userId)) yield* this.events.stream(projectKey);
  }
  private async *exportLinks(userId: string): AsyncGenerator<object> {
    for (const { projectKey } of await this.projects.listOwned(userId)) yield* this.identities.stream(projectKey);
  }
}
