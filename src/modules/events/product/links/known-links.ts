import { isEarlier, NO_TIME, type IdentityLink } from './identity-merge.js';

const MAX_KNOWN = 50_000;

type KnownLink = Pick<IdentityLink, 'at' | 'userId'>;

/** The links of one project and one generation that a process remembers. */
export class ProjectLinks {
  /** What was used lately, and what was used before that. */
  private recent = new Map<string, KnownLink>();
  private older = new Map<string, KnownLink>();

  constructor(
    readonly projectKey: string,
    private readonly onAdd: () => void,
  ) {}

  isKnown(anonymousId: string): boolean {
    return this.find(anonymousId) !== undefined;
  }

  /** True when evidence of that time (epoch milliseconds, NaN: none) may change the link, or nothing is known of it. */
  mayChange(anonymousId: string, userId: string, time: number): boolean {
    const known = this.find(anonymousId);
    return known === undefined || isEarlier({ at: Number.isNaN(time) ? NO_TIME : time, userId }, known);
  }

  remember({ anonymousId, at, userId }: IdentityLink): void {
    const known = this.find(anonymousId);
    if (known !== undefined && !isEarlier({ at, userId }, known)) return;
    if (known === undefined) this.onAdd();
    this.recent.set(anonymousId, { at, userId });
  }

  /** Forgets what was not used since the last time. True when nothing is left. */
  age(): boolean {
    this.older = this.recent;
    this.recent = new Map();
    return this.older.size === 0;
  }

  private find(anonymousId: string): KnownLink | undefined {
    const recent = this.recent.get(anonymousId);
    if (recent !== undefined) return recent;
    const older = this.older.get(anonymousId);
    if (older !== undefined) this.recent.set(anonymousId, older);
    return older;
  }
}

/**
 * The links that a process remembers, up to a number, the latest used. A stored link only ever becomes earlier, so one
 * that is remembered is never too early, whoever else writes; but for an erasure, which raises the generation of the
 * project and so makes all of them forgotten.
 */
export class KnownLinks {
  private readonly projects = new Map<string, ProjectLinks>();
  private added = 0;

  constructor(private readonly max = MAX_KNOWN) {}

  ofProject(projectKey: string, generation: number): ProjectLinks {
    const key = `${generation} ${projectKey}`;
    const known = this.projects.get(key);
    if (known !== undefined) return known;
    const links = new ProjectLinks(projectKey, () => this.countAdded());
    this.projects.set(key, links);
    return links;
  }

  private countAdded(): void {
    if (++this.added < this.max / 2) return;
    this.added = 0;
    for (const [key, links] of this.projects) if (links.age()) this.projects.delete(key);
  }
}
