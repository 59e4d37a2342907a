import { Injectable } from '@nestjs/common';

export type ServerPhase = 'starting' | 'running' | 'draining';

/** Where the process is in its life; probes, the start-up gate and the shutdown read and set it. */
@Injectable()
export class ServerState {
  /** Settles once, when all stores are reachable and migrated for the first time. */
  readonly whenRunning: Promise<void>;
  private phase: ServerPhase = 'starting';
  private announceRunning: () => void;

  constructor() {
    this.whenRunning = new Promise((resolve) => {
      this.announceRunning = resolve;
    });
  }

  get current(): ServerPhase {
    return this.phase;
  }

  markRunning(): void {
    if (this.phase !== 'starting') return;
    this.phase = 'running';
    this.announceRunning();
  }

  markDraining(): void {
    this.phase = 'draining';
  }
}
