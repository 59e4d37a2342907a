import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { EventRemovalService } from '../../../events/product/removal/event-removal.service.js';
import { actorKey } from '../../../events/product/segments/actor-key.js';
import { ProductDataErasure } from '../../../events/product/segments/product-data-erasure.js';
import { ProjectsService } from '../../../projects/projects.service.js';
import { dayOf } from '../day.js';
import { ProductRollupsService } from '../product-rollups.service.js';
import { DirtyDays } from './dirty-days.js';
import { ErasedLinksService, type ErasureScope } from './erased-links.service.js';
import { ErasedPersons } from './erased-persons.js';
import { ErasureTargetsService, type ErasureTarget } from './erasure-targets.service.js';
import { PersonErasuresRepository } from './person-erasures.repository.js';
import { ReplicaDelay } from './replica-delay.js';
import { RollupDaysRepository } from './rollup-days.repository.js';
import { stretchesToScan } from './scan-stretches.js';

// Many, since a pass waits for seconds whomever it is for, and makes the days of all of them anew once.
const PERSONS_PER_PASS = 200;
const SETTLE_LIMIT_MS = 120_000;

/**
 * Erases persons: their events, what links said of them, and their part in the rollups. Every step can be repeated, so
 * that whatever interrupts a pass, the next one begins again at the start:
 *
 * 1. Wait until what was received before the request is stored, and merged into the rollups.
 * 2. Find out who it is, and store that.
 * 3. Mark the days as dirty and delete the events that were received up to the request.
 * 4. Make the links what the events that stay say, until no process can bring back what is gone.
 * 5. Repair the rollups, forget the actors, and only then the request.
 */
@Injectable()
export class PersonErasureService implements OnModuleInit {
  private readonly logger = new Logger(PersonErasureService.name);

  constructor(
    private readonly erasures: PersonErasuresRepository,
    private readonly targets: ErasureTargetsService,
    private readonly rollupDays: RollupDaysRepository,
    private readonly removal: EventRemovalService,
    private readonly links: ErasedLinksService,
    private readonly rollups: ProductRollupsService,
    private readonly projects: ProjectsService,
    private readonly delay: ReplicaDelay,
    private readonly dataErasure: ProductDataErasure,
  ) {}

  onModuleInit(): void {
    this.dataErasure.register('person-erasures', (projectKey) => this.erasures.deleteOfProject(projectKey));
  }

  /** One pass over the oldest requests of a project. False when there are none. */
  async erase(projectKey: string, signal: AbortSignal): Promise<boolean> {
    const requests = await this.erasures.list(projectKey, PERSONS_PER_PASS);
    const latest = requests.at(-1)?.requestedAt;
    if (latest === undefined) return false;
    if (!(await this.projects.exists(projectKey))) {
      await this.erasures.deleteOfProject(projectKey);
      return false;
    }
    await this.delay.since(latest, signal);
    await this.rollups.settle(projectKey, SETTLE_LIMIT_MS, signal);
    const targets = await this.targets.find(projectKey, requests, signal);
    await this.erasePersons(scopeOf(projectKey, targets, signal));
    await this.finish(targets);
    return true;
  }

  private async erasePersons(scope: ErasureScope): Promise<void> {
    const { projectKey, persons, signal } = scope;
    // Before the scan, so that the scan meets the event that a link came from.
    const links = await this.removal.listLinks(projectKey, persons.anonymousIds);
    await this.removeEvents(scope);
    if (scope.firstLinkAt !== null) await this.links.correct(scope, links);

    // First whose an anonymousId is, since repaired days are read at once; last the actors, when no day names them.
    await this.rollups.refreshActors(projectKey, persons.anonymousIds, []);
    await this.rollups.repair(projectKey, signal);
    signal.throwIfAborted();
    await this.rollups.refreshActors(projectKey, [], persons.actors);
  }

  private async removeEvents({ projectKey, persons, firstLinkAt, signal }: ErasureScope): Promise<void> {
    const keys = persons.actors.map(({ kind, id }) => actorKey(kind, id));
    const { days, unknownDays } = await this.rollupDays.findActorDays(projectKey, keys, signal);
    const dirtyDays = new DirtyDays(this.rollups, projectKey);
    // Found events mark their days too. But an interrupted pass may have deleted those of a day without repairing it.
    await dirtyDays.mark(days);
    const daysToScan = unknownDays === null ? null : [...days, ...unknownDays];
    for (const stretch of stretchesToScan(daysToScan, firstLinkAt)) {
      for await (const part of this.removal.divide(projectKey, stretch, signal)) {
        const events = await this.removal.listWithIds(projectKey, part, persons);
        const erased = events.filter((event) => persons.isErased(event));
        for (const event of events) if (!persons.isErased(event)) persons.addEvidence(event);
        await dirtyDays.mark(erased.map(({ timestamp }) => dayOf(timestamp?.getTime() ?? NaN)));
        await this.removal.deleteEvents(erased.map(({ key }) => key));
      }
    }
    await dirtyDays.markAgain();
  }

  private async finish(targets: readonly ErasureTarget[]): Promise<void> {
    for (const { erasureId, group } of targets) {
      if (group.more) await this.erasures.finishGroup(erasureId, group.anonymousIds.at(-1) ?? '');
    }
    const finished = targets.filter(({ group }) => !group.more);
    await this.erasures.delete(finished.map(({ erasureId }) => erasureId));
    if (finished.length > 0) this.logger.log(`Erased persons: ${finished.length}`);
  }
}

function scopeOf(projectKey: string, targets: readonly ErasureTarget[], signal: AbortSignal): ErasureScope {
  const persons = new ErasedPersons(
    projectKey,
    targets.map(({ userId, group, requestedAt }) => ({ userId, anonymousIds: group.anonymousIds, requestedAt })),
  );
  const firstLinks = targets.flatMap(({ group }) => group.firstLinkAt ?? []);
  const firstLinkAt = firstLinks.length === 0 ? null : Math.min(...firstLinks);
  const foundAt = new Date(Math.min(...targets.map(({ group }) => group.foundAt.getTime())));
  return { projectKey, persons, firstLinkAt, foundAt, signal };
}
