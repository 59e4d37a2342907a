// @ts-check
import { mixSeed, Random } from './random.mjs';

const SECOND = 1000;
const DAY = 86_400 * SECOND;
export const ACTIVITY_START = Date.UTC(2026, 8, 1);
export const ACTIVITY_DAYS = 31;

const APPS = ['VS Code', 'Chrome', 'Slack', 'Excel', 'Outlook', 'Terminal', 'Teams', 'Figma', 'Word', 'Zoom'];
const STATUSES = ['active', 'active', 'active', 'idle', 'afk'];

/** @param {number} index */
export const userName = (index) => `user-${String(index).padStart(2, '0')}`;

/**
 * A month of a company as its monitors tell of it: body after body in the order of time, each with points of all users.
 * The same number gives the same body on every machine.
 */
export class ActivityMonth {
  /** @param {{users: number, points: number, size: number, org: string}} shape `points` in all, `size` lines of a body */
  constructor({ users, points, size, org }) {
    this.users = users;
    this.size = size;
    this.org = org;
    this.bodies = Math.ceil(points / size);
    this.stepMs = (ACTIVITY_DAYS * DAY) / (this.bodies * size);
  }

  /** @param {number} number @returns {Buffer} */
  body(number) {
    const random = new Random(mixSeed(20_261_127, number));
    const lines = Array.from({ length: this.size }, (_, i) => this.line(random, number * this.size + i));
    return Buffer.from(lines.join('\n'));
  }

  /** Seven of ten points are windows, two tell of the status, one of an hour. @param {Random} random @param {number} index */
  line(random, index) {
    const user = index % this.users;
    const tags = `hostname=host-${user},user=${userName(user)},org=${this.org}`;
    const time = `${Math.floor(ACTIVITY_START + index * this.stepMs)}000000`;
    const kind = random.below(10);
    const app = random.pick(APPS).replace(' ', '\\ ');
    const seconds = 5 + random.below(600);
    if (kind < 7) {
      const title = `${app} - document ${random.below(200)} of project ${user % 7}`;
      return `window_activity,app=${app},${tags} title="${title}",duration=${seconds} ${time}`;
    }
    if (kind < 9) return `afk_status,status=${random.pick(STATUSES)},${tags} duration=${seconds} ${time}`;
    return `app_usage,app_name=${app},${tags} duration_seconds=${seconds},event_count=${1 + random.below(9)}i ${time}`;
  }
}
