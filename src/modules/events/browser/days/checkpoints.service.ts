import { createHash, type Hash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../../common/time/clock.js';
import { BrowserDaysRepository } from './browser-days.repository.js';
import { CheckpointsRepository } from './checkpoints.repository.js';
import { DAY_MS, type BrowserDay } from './browser-day.js';

/** Late events leave some of the latest without use. */
const CANDIDATES = 8;
const MAX_STATE_LENGTH = 256 * 1024;
/** Reports begin on other days from day to day, so that an old one is hardly ever read again. */
const KEPT_MS = 35 * DAY_MS;

/**
 * Remembers what the reading of a user's whole past has come to before a day, for readers whose state depends on all
 * events before. It is found again only while exactly the same events stand before that day.
 */
@Injectable()
export class CheckpointsService {
  private readonly logger = new Logger(CheckpointsService.name);

  constructor(
    private readonly checkpoints: CheckpointsRepository,
    private readonly days: BrowserDaysRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * The latest that can be used, before a day of `days` up to position `latest`.
   * @param days all of the user's, from the first one on
   */
  async find(
    userId: string,
    days: readonly BrowserDay[],
    latest: number,
  ): Promise<{ position: number; state: string } | null> {
    const last = days[Math.min(latest, days.length - 1)];
    if (last === undefined) return null;
    const found = await this.checkpoints.list(userId, last.day, CANDIDATES);
    if (found.length === 0) return null;
    const bases = basesOf(days, new Set(found.map(({ day }) => day)));
    for (const { day, basis, state } of found) {
      if (bases.get(day) === basis) return { position: days.findIndex((one) => one.day === day), state };
    }
    return null;
  }

  /** A failure costs time, at the next reading. @param position of the day before which it stands */
  async store(userId: string, days: readonly BrowserDay[], position: number, state: string): Promise<void> {
    const day = days[position]?.day;
    const before = days.slice(0, position);
    // What is being written to may change without a new `rev`.
    if (day === undefined || state.length > MAX_STATE_LENGTH || before.some(({ isOpen }) => isOpen)) return;
    const basis = basesOf(days, new Set([day])).get(day)!;
    const checkpoint = { day, basis, state };
    try {
      const now = this.clock.now();
      await this.checkpoints.write(userId, checkpoint, new Date(now));
      await this.checkpoints.deleteOlder(userId, new Date(now - KEPT_MS));
      // It names domains: a history that was erased meanwhile must not leave it behind.
      const still = await this.days.list(userId, -Infinity, day);
      if (basesOf(still, new Set([day])).get(day) !== basis) await this.checkpoints.delete(userId, checkpoint);
    } catch (error) {
      this.logger.warn(`A checkpoint of a reading could not be stored: ${String(error)}`);
    }
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.checkpoints.deleteOfUser(userId);
  }
}

/** Of each of the wanted days: what stands before it, in a few characters. */
function basesOf(days: readonly BrowserDay[], wanted: ReadonlySet<number>): Map<number, string> {
  const bases = new Map<number, string>();
  const hash: Hash = createHash('sha256');
  for (const { day, rev } of days) {
    if (wanted.has(day)) bases.set(day, hash.copy().digest('hex'));
    hash.update(`${day}:${rev};`);
  }
  return bases;
}
