import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProductivityReport } from '../../src/modules/reports/productivity/productivity-report.js';
import type { PersonPoints, Period } from './activity-points.js';
import { simulate } from './activity-simulation.js';
import type { Answer, ApiClient } from './api-client.js';

/** The points of people as a collector sends them: line protocol with times in milliseconds. */
export function linesOf(points: Pick<PersonPoints, 'afk' | 'windows'>, org: string): string {
  const afk = points.afk.map(
    ({ user, host, status, start, durationMs }) =>
      `afk_status,status=${status},hostname=${tag(host)},user=${tag(user)},org=${tag(org)} duration=${durationMs / 1000} ${start}`,
  );
  const windows = points.windows.map(
    ({ user, host, app, title, start, durationMs }) =>
      `window_activity,app=${tag(app)},hostname=${tag(host)},user=${tag(user)},org=${tag(org)} ` +
      `title="${title.replace(/["\\]/g, '\\$&')}",duration=${durationMs / 1000} ${start}`,
  );
  return [...afk, ...windows, ''].join('\n');
}

const tag = (value: string): string => value.replace(/[,= ]/g, '\\$&');

/** @throws Error unless every point was stored */
export async function writePoints(
  client: ApiClient,
  points: Pick<PersonPoints, 'afk' | 'windows'>,
  org: string,
): Promise<void> {
  const answer = await client.request('POST', `/api/v2/write?precision=ms`, {
    raw: linesOf(points, org),
    headers: { 'content-type': 'text/plain' },
  });
  if (answer.status !== 204) throw new Error(`write answered ${answer.status}: ${answer.text}`);
}

/** Asks for the status until the task has ended. */
export async function untilEnded(client: ApiClient, taskId: string, limitMs = 60_000): Promise<Answer> {
  const end = Date.now() + limitMs;
  for (;;) {
    const answer = await client.get(`/api/reports/status/${taskId}`);
    if (answer.status !== 200 || ['completed', 'failed'].includes(answer.body.status)) return answer;
    if (Date.now() > end) throw new Error(`The task did not end within ${limitMs} ms: ${answer.text}`);
    await sleep(50);
  }
}

/** Every message of a task's events until the stream ends. `onMessage` sees each as it comes. */
export async function readEvents(
  url: string,
  token: string,
  onMessage: (message: any) => void = () => undefined,
): Promise<any[]> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200) throw new Error(`The stream of events answered ${response.status}`);
  if (response.headers.get('content-type') !== 'text/event-stream; charset=utf-8')
    throw new Error(`The stream of events is ${response.headers.get('content-type')}`);
  const messages: any[] = [];
  let block: string[] = [];
  const lines = createInterface({ input: Readable.fromWeb(response.body as ReadableStream<Uint8Array>) });
  for await (const line of lines) {
    if (line !== '') {
      block.push(line);
      continue;
    }
    const data = block.filter((one) => one.startsWith('data: ')).map((one) => one.slice(6));
    block = [];
    if (data.length === 0) continue;
    messages.push(JSON.parse(data.join('\n')));
    onMessage(messages.at(-1));
  }
  if (block.length > 0) throw new Error(`The stream ended within a message: ${block.join(' ').slice(0, 100)}`);
  return messages;
}

/** Active, idle and afk minutes of each hour and the minutes of each app, as the report gives them. */
export function hoursOf(report: ProductivityReport, userName: string): unknown {
  const user = report.organizations[0]!.users.find((one) => one.userName === userName)!;
  return user.dailyReports.map(({ date, hourlyBreakdown }) => [
    date,
    hourlyBreakdown.map(({ activeMinutes, idleMinutes, afkMinutes, totalMinutes, appUsage }) => [
      ...[activeMinutes, idleMinutes, afkMinutes, totalMinutes],
      Object.fromEntries(appUsage.map(({ appName, durationMinutes }) => [appName, durationMinutes])),
    ]),
  ]);
}

/** The same, counted second by second. */
export function simulatedHours(points: Pick<PersonPoints, 'afk' | 'windows'>, period: Period): unknown {
  const minutes = (seconds: number) => Math.round((seconds / 60) * 100) / 100;
  return [...simulate(points, period)].map(([date, hours]) => [
    date,
    hours.map(({ active, idle, afk, total, apps }) => [
      ...[active, idle, afk, total].map(minutes),
      Object.fromEntries([...apps].map(([app, seconds]) => [app, minutes(seconds)])),
    ]),
  ]);
}

/** Days of work: states of two hosts that overlap, windows of five apps, some beyond midnight. The same for the same seed. */
export function workDays(user: string, dates: readonly string[], seed: number): Pick<PersonPoints, 'afk' | 'windows'> {
  let state = seed;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  const afk: PersonPoints['afk'][number][] = [];
  const windows: PersonPoints['windows'][number][] = [];
  const statuses = ['active', 'active', 'active', 'idle', 'afk'] as const;
  const apps = ['VS Code', 'Excel', 'Chrome', 'a,b=c "d"', 'Slack'];
  for (const date of dates) {
    for (const host of ['desk', 'laptop']) {
      let at = Date.parse(date) + (7 * 3600 + random(7200)) * 1000;
      for (let i = 0; i < 14; i++) {
        const seconds = 60 + random(5400);
        afk.push({ user, host, start: at, durationMs: seconds * 1000, status: statuses[random(5)]! });
        const shown = 30 + random(3600);
        windows.push({ user, host, start: at, durationMs: shown * 1000, app: apps[random(5)]!, title: `"t" \\ ${i}` });
        at += (seconds + random(600)) * 1000;
      }
    }
  }
  return { afk, windows };
}
