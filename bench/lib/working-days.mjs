// @ts-check
// What collectors would have recorded of people at work, as line protocol.
import { mixSeed, Random } from './random.mjs';

const DAY_S = 86_400;
const WORK_S = 9 * 3600;
const SEED = 20251119;

/** App, and how many titles it has. */
const APPS = /** @type {const} */ ([
  ['Excel', 40],
  ['Outlook', 60],
  ['Chrome', 200],
  ['VS Code', 120],
  ['Teams', 20],
  ['Xero', 15],
  ['Word', 40],
  ['Slack', 12],
  ['Acrobat', 30],
  ['Reddit', 25],
  ['Spotify', 60],
  ['Figma', 10],
]);

/**
 * @typedef {object} WorkingDay
 * @property {string} user
 * @property {string[]} lines precision: seconds
 * @property {number} points
 * @property {number} activeSeconds
 */

/** Days of people that are the same for the same size on every machine. */
export class WorkingDays {
  /** @param {{users: number, days: number, points: number, from: string}} size `from`: the first date, `YYYY-MM-DD` */
  constructor({ users, days, points, from }) {
    this.users = Array.from({ length: users }, (_, i) => `person${String(i + 1).padStart(2, '0')}`);
    this.days = days;
    this.windowsADay = Math.max(1, Math.round(points / (users * days)) - STATES_A_DAY);
    this.start = Date.parse(from) / 1000;
  }

  /** @returns {Generator<WorkingDay, void, undefined>} */
  *list() {
    for (const [number, user] of this.users.entries()) {
      for (let day = 0; day < this.days; day++) yield this.#day(user, number, day);
    }
  }

  /** @param {string} user @param {number} number @param {number} day @returns {WorkingDay} */
  #day(user, number, day) {
    const random = new Random(mixSeed(SEED + number, day));
    const begin = this.start + day * DAY_S + 8 * 3600 + random.below(3600);
    const tags = `hostname=${user}-laptop,user=${user}`;
    const lines = [];
    let activeSeconds = 0;
    let at = begin;
    for (let i = 0; i < STATES_A_DAY; i++) {
      const seconds = Math.floor(WORK_S / STATES_A_DAY);
      const status = i % 5 === 3 ? (i % 10 === 3 ? 'afk' : 'idle') : 'active';
      if (status === 'active') activeSeconds += seconds;
      lines.push(`afk_status,status=${status},${tags} duration=${seconds} ${at}`);
      at += seconds;
    }
    at = begin;
    const each = Math.max(1, Math.floor(WORK_S / this.windowsADay));
    for (let i = 0; i < this.windowsADay; i++) {
      const [app, titles] = random.pick(APPS);
      const title = `${app} window ${random.below(titles)} of ${user}`;
      lines.push(`window_activity,app=${app.replace(' ', '\\ ')},${tags} title="${title}",duration=${each} ${at}`);
      at += each;
    }
    return { user, lines, points: lines.length, activeSeconds };
  }
}

const STATES_A_DAY = 30;
