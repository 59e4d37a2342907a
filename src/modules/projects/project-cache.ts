import { LRUCache } from 'lru-cache';
import type { ProjectRow } from './project-row.js';

const MAX_PROJECTS = 10_000;

/** Milliseconds after which every process has seen a change of a project. */
export const PROJECT_KNOWN_MS = 1000;

interface Entry {
  project: ProjectRow | null;
  readAt: number;
}

/**
 * Remembers projects, and keys that belong to none, for at most a second, so that a change made by
 * another process is seen within it. A change made here is seen at once.
 */
export class ProjectCache {
  private readonly entries = new LRUCache<string, Entry>({ max: MAX_PROJECTS });
  private readonly running = new Map<string, Promise<ProjectRow | null>>();

  constructor(
    private readonly load: (projectKey: string) => Promise<ProjectRow | null>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(projectKey: string): Promise<ProjectRow | null> | ProjectRow | null {
    const entry = this.entries.get(projectKey);
    if (entry !== undefined && this.now() - entry.readAt < PROJECT_KNOWN_MS) return entry.project;
    return this.running.get(projectKey) ?? this.read(projectKey);
  }

  forget(projectKey: string): void {
    this.entries.delete(projectKey);
    this.running.delete(projectKey);
  }

  private read(projectKey: string): Promise<ProjectRow | null> {
    // The age counts from before the read: what it returns may be that old already.
    const readAt = this.now();
    const reading: Promise<ProjectRow | null> = this.load(projectKey)
      .then((project) => {
        // A change made meanwhile has called forget(): what was read before it must not be kept.
        if (this.running.get(projectKey) === reading) this.entries.set(projectKey, { project, readAt });
        return project;
      })
      .finally(() => {
        if (this.running.get(projectKey) === reading) this.running.delete(projectKey);
      });
    this.running.set(projectKey, reading);
    return reading;
  }
}
