import { Injectable } from '@nestjs/common';

/** @param signal stops the work at the next step; it then throws or returns, and is called again later. */
export type EraseProductData = (projectKey: string, signal: AbortSignal) => Promise<void>;

/** Makes it anew from raw events; durably noted when it resolves, not necessarily done. */
export type RepairProductData = (projectKey: string) => Promise<void>;

/**
 * What else is made from the events of a project, goes with it, and is made anew when it may be wrong. A module that
 * keeps such data registers handlers in its `onModuleInit`. They run again after a crash or a failure, so each must be
 * idempotent.
 */
@Injectable()
export class ProductDataErasure {
  private readonly handlers = new Map<string, EraseProductData>();
  private readonly repairs: RepairProductData[] = [];

  /** Called before the events are deleted. @throws Error when the name is taken: two modules would overwrite each other. */
  register(name: string, erase: EraseProductData): void {
    if (this.handlers.has(name)) throw new Error(`Product data erasure "${name}" is registered twice`);
    this.handlers.set(name, erase);
  }

  /** Called when events may be missing from the segments, which only a server that was paused for long can cause. */
  registerRepair(repair: RepairProductData): void {
    this.repairs.push(repair);
  }

  list(): [name: string, erase: EraseProductData][] {
    return [...this.handlers];
  }

  async repair(projectKey: string): Promise<void> {
    for (const repair of this.repairs) await repair(projectKey);
  }
}
