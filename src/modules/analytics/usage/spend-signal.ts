import { Injectable } from '@nestjs/common';

/** Tells that AI calls were stored, so that what depends on spend looks at it within seconds. Of this process only. */
@Injectable()
export class SpendSignal {
  private readonly listeners: (() => void)[] = [];

  /** The listener must return at once and never throw. */
  subscribe(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** AI calls are stored and part of the rollups. */
  announce(): void {
    for (const listener of this.listeners) listener();
  }
}
