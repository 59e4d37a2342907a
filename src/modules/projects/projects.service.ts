import { Inject, Injectable } from '@nestjs/common';
import { ANONYMOUS_USER_ID, isAdmin, type Principal } from '../../common/auth/principal.js';
import { ConflictError, UnauthenticatedError } from '../../common/errors/domain.error.js';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { ProjectCache } from './project-cache.js';
import { MAX_PROJECT_KEY_LENGTH, newProjectKey } from './project-key.js';
import type { ProjectChanges, ProjectRow } from './project-row.js';
import { ProjectInactiveError, ProjectNotFoundError, ProjectNotFoundForKeyError } from './projects.errors.js';
import { ProjectsRepository, type OwnerScope } from './projects.repository.js';

const KEY_ATTEMPTS = 5;
const LIST_STEP = 500;
/** Owner of the projects that came from the old server. */
const NOBODY = '';

export interface ProjectSearch {
  /** Wins over `name`. */
  projectKey?: string;
  /** The whole name, letter for letter. */
  name?: string;
  limit: number;
}

@Injectable()
export class ProjectsService {
  private readonly cache = new ProjectCache((projectKey) => this.repository.findByKey(projectKey));

  constructor(
    private readonly repository: ProjectsRepository,
    @Inject(AUTH_CONFIG) private readonly auth: AuthConfig,
  ) {}

  async create(caller: Principal, name: string): Promise<ProjectRow> {
    for (let attempt = 1; attempt <= KEY_ATTEMPTS; attempt++) {
      const projectKey = newProjectKey();
      const project = { projectKey, name, createdAt: new Date(), isActive: true };
      const row = await this.repository.create(caller.userId, project);
      this.cache.forget(projectKey);
      if (row !== null) return row;
    }
    throw new ConflictError('No free project key was found; try again', 'PROJECT_KEY_TAKEN');
  }

  /**
   * An exact key is answered to everyone: the mobile SDK, given a key, asks it at start. All else
   * needs a caller, who sees only what is theirs.
   */
  async list(caller: Principal | undefined, search: ProjectSearch): Promise<ProjectRow[]> {
    if (search.projectKey !== undefined) {
      const project = await this.find(search.projectKey);
      return project === null ? [] : [project];
    }
    if (caller === undefined && this.auth.mode !== 'open') throw new UnauthenticatedError();
    return this.repository.list(readScope(caller), search.limit, search.name);
  }

  async update(caller: Principal, projectKey: string, changes: ProjectChanges): Promise<ProjectRow> {
    const row = await this.repository.update(writeScope(caller), projectKey, changes);
    this.cache.forget(projectKey);
    if (row === null) throw new ProjectNotFoundError(projectKey);
    return row;
  }

  /** Inactive at once; the data stays until the retention job takes it, so that `update` can undo this. */
  async delete(caller: Principal, projectKey: string): Promise<void> {
    const found = await this.repository.markDeleted(writeScope(caller), projectKey, new Date());
    this.cache.forget(projectKey);
    if (!found) throw new ProjectNotFoundError(projectKey);
  }

  /** For reports, where the key is a parameter. @throws ForbiddenError, the same for unknown and another's key. */
  async getReadable(caller: Principal, projectKey: string): Promise<ProjectRow> {
    const project = await this.find(projectKey);
    if (project === null || !mayRead(caller, project)) throw new ProjectNotFoundForKeyError(projectKey);
    if (!project.isActive) throw new ProjectInactiveError(projectKey);
    return project;
  }

  /** For routes with the key in the path; inactive projects included. @throws NotFoundError */
  async getInPath(caller: Principal, projectKey: string): Promise<ProjectRow> {
    const project = await this.find(projectKey);
    if (project === null || !mayRead(caller, project)) throw new ProjectNotFoundError(projectKey);
    return project;
  }

  /** For changes of what belongs to a project, inactive ones included. @throws NotFoundError */
  async getWritable(caller: Principal, projectKey: string): Promise<ProjectRow> {
    const project = await this.find(projectKey);
    if (project === null || !includes(writeScope(caller), project)) throw new ProjectNotFoundError(projectKey);
    return project;
  }

  /** False when it is gone or about to be erased. */
  async exists(projectKey: string): Promise<boolean> {
    return (await this.find(projectKey)) !== null;
  }

  /** For ingest, which the key alone opens. @throws ForbiddenError */
  async getForIngest(projectKey: string): Promise<ProjectRow> {
    const project = await this.find(projectKey);
    if (project === null) throw new ProjectNotFoundForKeyError(projectKey);
    if (!project.isActive) throw new ProjectInactiveError(projectKey);
    return project;
  }

  /**
   * Tells all processes to forget the identity links they remember; each has heard of it within `PROJECT_KNOWN_MS`.
   * Durable when it resolves.
   * @returns false when the project is gone or about to be erased.
   */
  async raiseLinkGeneration(projectKey: string): Promise<boolean> {
    const found = await this.repository.raiseLinkGeneration(projectKey);
    this.cache.forget(projectKey);
    return found;
  }

  /** All projects, also inactive and deleted ones until their data is erased. */
  async *listAll(): AsyncGenerator<ProjectRow> {
    for (let after: string | undefined = ''; after !== undefined;) {
      const projects: ProjectRow[] = await this.repository.listAfter(after, LIST_STEP);
      yield* projects;
      after = projects.at(-1)?.projectKey;
    }
  }

  /** The key of a project whose data is now to be erased, or `null` when there is none left. */
  async claimForErasure(deletedBefore: Date, now: Date): Promise<string | null> {
    const projectKey = await this.repository.claimForErasure(deletedBefore, now);
    if (projectKey !== null) this.cache.forget(projectKey);
    return projectKey;
  }

  /** The keys of all projects of an owner whose account is closed; from now on they are gone for everyone. */
  async claimOwnedForErasure(ownerId: string, now: Date): Promise<string[]> {
    const projectKeys = await this.repository.claimOwnedForErasure(ownerId, now);
    projectKeys.forEach((projectKey) => this.cache.forget(projectKey));
    return projectKeys;
  }

  /** All projects of one owner, the newest first. */
  async listOwned(ownerId: string): Promise<ProjectRow[]> {
    return this.repository.list([ownerId], Number.MAX_SAFE_INTEGER);
  }

  /** The last step of an erasure: the project itself. */
  async deleteErased(projectKey: string): Promise<void> {
    await this.repository.deleteErased(projectKey);
    this.cache.forget(projectKey);
  }

  private async find(projectKey: string): Promise<ProjectRow | null> {
    if (projectKey.length > MAX_PROJECT_KEY_LENGTH) return null;
    return this.cache.get(projectKey);
  }
}

function mayRead(caller: Principal, project: ProjectRow): boolean {
  return includes(readScope(caller), project);
}

function includes(scope: OwnerScope, project: ProjectRow): boolean {
  return scope === null || scope.includes(project.ownerId);
}

/**
 * Under AUTH_MODE=open whoever comes without credentials reads what such callers made and, as on the old server, what
 * belongs to nobody; the projects of people with an account stay theirs.
 */
function readScope(caller: Principal | undefined): OwnerScope {
  if (caller === undefined || caller.kind === 'anonymous') return [ANONYMOUS_USER_ID, NOBODY];
  return writeScope(caller);
}

function writeScope(caller: Principal): OwnerScope {
  return isAdmin(caller) ? null : [caller.userId];
}
