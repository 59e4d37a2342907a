import { Injectable } from '@nestjs/common';
import { IdentityLinksRepository } from './identity-links.repository.js';
import { NO_TIME, type IdentityLink } from './identity-merge.js';
import { KnownLinks, type ProjectLinks } from './known-links.js';
import type { LinkEvidence } from './link-evidence.js';
import { MAX_ID_LENGTH } from '../event-limits.js';
import { ProductEventsRepository } from '../product-events.repository.js';
import { Coalescer } from '../../../../common/write-coalescing.js';

const PENDING_STEP = 1000;
/** `events`: anonymousIds in one command, `bytes`: of these. A message has at most 16 MB. */
const READS = { running: 2, worthwhile: 256, events: 5000, bytes: 4 * 1024 * 1024 };
/** In UTF-16 units, of which a character takes up to two; what is longer is refused when it is judged. */
const MAX_ID_UNITS = 2 * MAX_ID_LENGTH;
const UTF8_BYTES_PER_UNIT = 3;

/** Evidence, and where a link made from it is to be remembered. */
export interface KnownEvidence extends LinkEvidence {
  links: ProjectLinks;
}

interface LinkRead {
  links: ProjectLinks;
  anonymousIds: string[];
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * Writes which user an anonymousId belongs to. No write spans two collections, so the events go first, marked as
 * pending; then their links; then the marks are taken away. Whatever interrupts this, `completePending` finds the
 * marks and finishes.
 */
@Injectable()
export class IdentityLinksService {
  private readonly known = new KnownLinks();
  private readonly reads = new Coalescer<LinkRead>(READS, (group) => this.read(group));

  constructor(
    private readonly links: IdentityLinksRepository,
    private readonly events: ProductEventsRepository,
  ) {}

  /** What this process remembers of the project's links. `generation` is that of the project. */
  linksOf(projectKey: string, generation: number): ProjectLinks {
    return this.known.ofProject(projectKey, generation);
  }

  /** Every link of the project, for an export. */
  async *stream(projectKey: string): AsyncGenerator<object> {
    for await (const { anonymousId, userId, at } of this.links.stream(projectKey)) {
      // A link made by an event whose time could not be read has none either.
      yield { projectKey, anonymousId, userId, at: at === NO_TIME ? null : new Date(at).toISOString() };
    }
  }

  /** Reads the links that these events may change, unless they are known. The events are any JSON. */
  async learn(links: ProjectLinks, events: readonly unknown[]): Promise<void> {
    const unknown = new Set<string>();
    let bytes = 0;
    for (const event of events) {
      const anonymousId = linkedIdOf(event);
      if (anonymousId === undefined || links.isKnown(anonymousId)) continue;
      unknown.add(anonymousId);
      bytes += UTF8_BYTES_PER_UNIT * anonymousId.length;
    }
    if (unknown.size === 0) return;
    await new Promise<void>((resolve, reject) =>
      this.reads.push({ links, anonymousIds: [...unknown], resolve, reject }, { events: unknown.size, bytes }),
    );
  }

  /**
   * Links what was marked, once it is stored, and then takes the marks away. Of events that were stored before only
   * their keys are given: they link by their stored content, never by what was sent again.
   */
  async link(
    stored: readonly KnownEvidence[],
    resent: readonly { key: Uint8Array; links: ProjectLinks }[],
  ): Promise<void> {
    const evidence = [...stored];
    if (resent.length > 0) {
      const linksByProject = new Map(resent.map(({ links }) => [links.projectKey, links]));
      for (const found of await this.events.listPendingAmong(resent.map(({ key }) => key))) {
        const links = linksByProject.get(found.projectKey);
        if (links !== undefined) evidence.push({ ...found, links });
      }
    }
    await this.complete(evidence);
    for (const each of evidence) {
      const link = toLink(each);
      if (link !== undefined) each.links.remember(link);
    }
  }

  /** Finishes what an interruption left behind. `signal` stops between two steps. Returns the number of events. */
  async completePending(signal: AbortSignal): Promise<number> {
    for (let total = 0; ;) {
      if (signal.aborted) return total;
      const evidence = await this.events.listPending(PENDING_STEP);
      await this.complete(evidence);
      total += evidence.length;
      if (evidence.length < PENDING_STEP) return total;
    }
  }

  /** Reads for several requests at once. */
  private async read(group: readonly LinkRead[]): Promise<void> {
    try {
      const keys = group.flatMap(({ links: { projectKey }, anonymousIds }) =>
        anonymousIds.map((anonymousId) => ({ projectKey, anonymousId })),
      );
      const found = await this.links.listByKeys(keys);
      for (const { links, resolve } of group) {
        for (const link of found) if (link.projectKey === links.projectKey) links.remember(link);
        resolve();
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  private async complete(evidence: readonly LinkEvidence[]): Promise<void> {
    if (evidence.length === 0) return;
    await this.links.merge(evidence.flatMap((each) => toLink(each) ?? []));
    await this.events.clearPending(evidence.map(({ key }) => key));
  }
}

/**
 * The anonymousId of an event that has a userId too. Not of one that is refused for the length of its ids: what many
 * requests ask for goes into one message, which the ids of one client must not make too large for all.
 */
function linkedIdOf(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const { anonymousId, userId } = event as { anonymousId?: unknown; userId?: unknown };
  return isId(anonymousId) && isId(userId) ? anonymousId : undefined;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= MAX_ID_UNITS;
}

function toLink({ projectKey, anonymousId, userId, time }: LinkEvidence): IdentityLink | undefined {
  if (anonymousId === undefined || userId === undefined) return undefined;
  return { projectKey, anonymousId, userId, at: Number.isNaN(time) ? NO_TIME : time };
}
