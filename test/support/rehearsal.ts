import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { browsing } from '../factories/browsing.factory.js';
import { ApiClient } from './api-client.js';
import { untilEnded, workDays, writePoints } from './report-tasks.js';
import type { ServerProcess } from './server.js';

const DAYS = ['2025-11-17', '2025-11-18', '2025-11-19'];
const NAMES = ['open', 'search', 'cart', 'buy'];

/** What a server was filled with, and who may read it. */
export interface FilledServer {
  token: string;
  email: string;
  projectKey: string;
  /** Of a project that is being written to while the backup is made. */
  busyKey: string;
  webhook: { id: string; secret: string };
  paths: string[];
}

/** Something of every kind of data, all of it in the past, so that the same question has the same answer. */
export async function fillServer(server: ServerProcess, webhookUrl: string): Promise<FilledServer> {
  const { client, accessToken: token, email } = await new ApiClient(server.url).register('ann');
  const projectKey = await client.createProject('Shop');
  const busyKey = await client.createProject('Busy');
  for (const sent of productEvents())
    expect((await client.post('/v1/events/batch', { projectKey, ...sent })).status).toBe(200);
  const visits = ['github.com', 'youtube.com', 'docs.example', null].map((domain, i) => ({ minutes: 7 * i, domain }));
  for (const day of DAYS) {
    expect((await client.post('/api/events/sync', { events: browsing(`${day}T09:00:00Z`, visits) })).status).toBe(200);
  }
  await writePoints(client, workDays('ben', DAYS, 7), 'Turbo');
  const asked = { org: 'Turbo', users: ['ben'], startDate: DAYS[0], endDate: DAYS[2] };
  const { taskId } = (await client.post('/api/reports/generate', asked)).body;
  expect((await untilEnded(client, taskId)).body.status).toBe('completed');
  await fillUsage(client);
  const webhook = (await client.post('/api/reports/webhooks', { url: webhookUrl })).body;
  await client.post('/api/v1/budgets', { scope: 'all', period: 'day', limit_usd: 1000 });
  expect((await client.post('/api/auth/api-keys', { name: 'a key', scopes: ['read'] })).status).toBe(201);
  return { token, email, projectKey, busyKey, webhook, paths: pathsOf(projectKey, taskId) };
}

/** Visitors of whom some sign in, one batch for each day. */
function productEvents(): { events: object[] }[] {
  return DAYS.map((day, d) => ({
    events: Array.from({ length: 400 }, (_, i) => ({
      eventName: NAMES[(i * 7 + d) % NAMES.length],
      timestamp: new Date(Date.parse(day) + i * 200_000).toISOString(),
      anonymousId: `anon-${(i * 13) % 60}`,
      ...((i * 13) % 60 < 20 && i % 3 === 0 && { userId: `user-${(i * 13) % 15}` }),
      properties: { country: ['DE', 'FR'][i % 2], screen_name: `screen ${i % 5}` },
    })),
  }));
}

async function fillUsage(client: ApiClient): Promise<void> {
  const at = (i: number) => new Date(Date.parse(DAYS[0]!) + i * 3_600_000).toISOString();
  const activity = Array.from({ length: 60 }, (_, i) => ({ user_id: `u${i % 9}`, action: 'login', timestamp: at(i) }));
  expect((await client.post('/api/v1/user-activity', activity)).status).toBeLessThan(300);
  const call = { model_used: 'gpt-4o', call_type: 'completion', response_time: 1, success: true, output_tokens: 9 };
  const calls = Array.from({ length: 60 }, (_, i) => ({
    ...call,
    user_id: `u${i % 9}`,
    input_tokens: i,
    timestamp: at(i),
  }));
  expect((await client.post('/api/v1/ai-call', calls)).status).toBeLessThan(300);
}

function pathsOf(projectKey: string, taskId: string): string[] {
  const range = `projectKey=${projectKey}&from=${DAYS[0]}&to=${DAYS[2]}`;
  const days = `start_date=${DAYS[0]}&end_date=${DAYS[2]}`;
  return [
    '/api/auth/me',
    '/api/auth/api-keys',
    '/api/admin/users',
    '/api/orgs',
    '/v1/projects',
    `/v1/reports/overview?${range}`,
    `/v1/reports/overview?${range}&source=raw`,
    `/v1/reports/top-events?${range}`,
    `/v1/reports/events-timeseries?${range}&interval=hour`,
    `/v1/reports/conversion?${range}&eventName=buy`,
    `/v1/reports/retention?${range}`,
    `/v1/reports/active-users?${range}`,
    `/v1/reports/top-screens?${range}`,
    `/v1/projects/${projectKey}/events/names?from=${DAYS[0]}&to=${DAYS[2]}`,
    `/api/events?${days}`,
    `/api/events/count?${days}`,
    `/api/events/domains?${days}`,
    `/api/analytics/time-spent?${days}`,
    `/api/analytics/productivity?${days}`,
    '/api/reports/tasks',
    `/api/reports/status/${taskId}`,
    `/api/reports/${taskId}/export?format=csv`,
    `/api/v1/user-stats?start=${DAYS[0]}&end=${DAYS[2]}`,
    '/api/v1/user-stats/total',
    `/api/v1/ai-stats?start=${DAYS[0]}&end=${DAYS[2]}`,
    '/api/reports/webhooks',
  ];
}

/** The bytes of each answer, by path. */
export async function readAll(server: ServerProcess, { token, paths }: FilledServer): Promise<Map<string, string>> {
  const api = new ApiClient(server.url, token);
  const answers = new Map<string, string>();
  for (const path of paths) {
    const { status, text } = await api.get(path);
    answers.set(path, `${status} ${text}`);
  }
  return answers;
}

/** Runs a command of `dist/` as a user does. */
export function runCommand(
  name: 'backup' | 'restore',
  options: string[],
  env: Record<string, string>,
): Promise<{ status: number | null; output: string }> {
  const child = spawn(process.execPath, [`dist/${name}.js`, ...options], {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CACHE_DIR: resolve('.cache'), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return new Promise((done) => child.once('close', (status) => done({ status, output })));
}
