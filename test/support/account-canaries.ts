import { strFromU8, unzipSync } from 'fflate';
import { browsing } from '../factories/browsing.factory.js';
import { ApiClient } from './api-client.js';
import { untilEnded } from './report-tasks.js';
import type { WhoopDouble } from './whoop/whoop-double.js';

const PASSWORD = 'correct horse battery';

/** Someone who has used every module. */
export interface FilledAccount {
  id: string;
  email: string;
  client: ApiClient;
  /** Part of every text of theirs, and of nobody else's. */
  mark: string;
  projectKey: string;
  /** By file of the archive what it must hold. */
  canaries: Record<string, string[]>;
  /** What nobody may find in an archive. */
  secrets: string[];
}

/**
 * Puts texts of a new account's own into every module, by HTTP. An account that the administrator's token makes one as well begins
 * a refresh of GitHub and links WHOOP.
 */
export async function fillAccount(
  url: string,
  name: string,
  webhookUrl: string,
  asAdmin?: { token: string; double: WhoopDouble },
): Promise<FilledAccount> {
  const mark = `zq${name}`;
  const { client, user, email, accessToken, refreshToken } = await new ApiClient(url).register(`${mark}name`, PASSWORD);
  const account: FilledAccount = {
    id: user.id,
    email,
    client,
    mark,
    projectKey: '',
    canaries: { account: [email, `${mark}name`, user.id], sessions: ['"expiresAt"'] },
    secrets: [PASSWORD, accessToken, refreshToken],
  };
  await fillSettingsAndKeys(account);
  await fillProducts(account);
  await fillBrowsing(account);
  await fillReports(account, webhookUrl);
  await fillUsage(account);
  if (asAdmin !== undefined) await fillForAdministrators(account, url, asAdmin);
  return account;
}

/** The files of the archive that the account downloads, by name without ending. */
export async function downloadArchive({ client }: FilledAccount): Promise<Record<string, string>> {
  const response = await fetch(`${client.baseUrl}/api/auth/export`, {
    headers: { authorization: `Bearer ${client.accessToken}` },
  });
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/zip']);
  const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
  return Object.fromEntries(
    Object.entries(files).map(([name, content]) => [name.replace(/\.ndjson$/, ''), strFromU8(content)]),
  );
}

async function fillSettingsAndKeys({ client, mark, canaries, secrets }: FilledAccount): Promise<void> {
  const settings = {
    timezone: 'Europe/Berlin',
    categorization: { [`${mark}category.example`]: 'work' },
    excluded_domains: [`${mark}excluded.example`],
  };
  done(await client.put('/api/auth/update-profile', { settings }));
  canaries.account!.push(`${mark}category.example`, `${mark}excluded.example`);
  const key = done(await client.post('/api/auth/api-keys', { name: `${mark}key`, scopes: ['read'] }));
  secrets.push(key.key);
  canaries['api-keys'] = [`${mark}key`, key.prefix];
}

async function fillProducts(account: FilledAccount): Promise<void> {
  const { client, mark, canaries } = account;
  const projectKey = await client.createProject(`${mark}shop`);
  account.projectKey = projectKey;
  const event = { eventName: `${mark}event`, eventId: `${mark}eventid`, timestamp: '2025-01-06T10:00:00Z' };
  const ids = { anonymousId: `${mark}anonymous`, userId: `${mark}visitor` };
  const events = [{ ...event, ...ids, properties: { note: `${mark}property` } }];
  done(await client.post('/v1/events/batch', { projectKey, events }));
  const traits = { plan: `${mark}trait` };
  const identify = { anonymousId: `${mark}segment`, userId: `${mark}visitor`, messageId: `${mark}message`, traits };
  const authorization = `Basic ${Buffer.from(`${projectKey}:`).toString('base64')}`;
  done(await new ApiClient(client.baseUrl).post('/v1/identify', identify, { headers: { authorization } }));
  canaries.projects = [`${mark}shop`, projectKey];
  const texts = ['event', 'eventid', 'anonymous', 'visitor', 'property', 'segment', 'message', 'trait'];
  canaries['product-events'] = texts.map((text) => `${mark}${text}`);
  canaries['identity-links'] = ['anonymous', 'visitor', 'segment'].map((text) => `${mark}${text}`);
}

async function fillBrowsing({ client, mark, canaries }: FilledAccount): Promise<void> {
  const events = browsing('2025-01-06T09:00:00Z', [
    { minutes: 0, domain: `${mark}site.example`, title: `${mark}title` },
    { minutes: 10, domain: null },
  ]);
  done(await client.post('/api/events/sync', { events }));
  done(await client.get('/api/ai/daily-summary?date=2025-01-06'));
  canaries['browser-events'] = [`${mark}site.example`, `${mark}title`];
  canaries.insights = [`${mark}site.example`];
}

async function fillReports({ client, mark, canaries, secrets }: FilledAccount, webhookUrl: string): Promise<void> {
  const [org, person] = [`${mark}org`, `${mark}person`];
  done(await client.post('/api/orgs', { name: org }));
  const raw = [
    `afk_status,status=active,hostname=${mark}host,user=${person},org=${org} duration=3600 1763542800`,
    `window_activity,app=${mark}app,hostname=${mark}host,user=${person},org=${org} title="${mark}window",duration=3600 1763542800`,
  ].join('\n');
  done(await client.post('/api/v2/write?precision=s', undefined, { raw, headers: { 'content-type': 'text/plain' } }));
  const url = `${webhookUrl}/${mark}hook`;
  const hook = done(await client.post('/api/reports/webhooks', { url, description: `${mark}description` }));
  secrets.push(hook.secret);
  const asked = { org, users: [person], startDate: '2025-11-19', endDate: '2025-11-19' };
  const headers = { 'idempotency-key': `${mark}idempotency` };
  const { taskId } = done(await client.post('/api/reports/generate', asked, { headers }));
  expect((await untilEnded(client, taskId)).body.status).toBe('completed');
  canaries.organizations = [org];
  canaries['activity-points'] = [org, person, `${mark}app`, `${mark}window`, `${mark}host`];
  canaries['productivity-reports'] = [org, person, `${mark}app`, `${mark}window`, taskId];
  canaries.jobs = [taskId];
  canaries.webhooks = [url, `${mark}description`];
  canaries['webhook-deliveries'] = [hook.id, taskId];
}

async function fillUsage({ client, id, mark, canaries }: FilledAccount): Promise<void> {
  const activity = { user_id: id, action: `${mark}action`, session_id: `${mark}session`, event_id: `${mark}activity` };
  done(await client.post('/api/v1/user-activity', { ...activity, metadata: { note: `${mark}metadata` } }));
  const call = {
    user_id: id,
    model_used: 'gpt-4o',
    call_type: 'completion',
    response_time: 1,
    event_id: `${mark}call`,
  };
  const tokens = { tokens: 4711, input_tokens: 4000, output_tokens: 711 };
  done(await client.post('/api/v1/ai-call', { ...call, ...tokens, success: false, error: `${mark}error` }));
  done(await client.post('/api/v1/budgets', { scope: 'project', id: `${mark}budget`, period: 'month', limit_usd: 1 }));
  canaries['usage-activities'] = ['action', 'session', 'activity', 'metadata'].map((text) => `${mark}${text}`);
  canaries['usage-ai-calls'] = [`${mark}call`, `${mark}error`, '"input_tokens":4000'];
  canaries.budgets = [`${mark}budget`];
}

async function fillForAdministrators(
  { client, id, mark, canaries }: FilledAccount,
  url: string,
  { token, double }: { token: string; double: WhoopDouble },
): Promise<void> {
  done(await new ApiClient(url, token).patch(`/api/admin/users/${id}`, { role: 'admin' }));
  const headers = { 'idempotency-key': `${mark}refresh` };
  canaries['github-refresh-requests'] = [done(await client.post('/api/github/refresh', undefined, { headers })).job_id];
  const asked = done(await client.get('/api/whoop/auth/authorize-url'));
  const code = double.tokens.giveCode(asked.redirect_uri);
  done(await client.get(`/api/whoop/auth/callback?code=${code}&state=${asked.state}`));
  done(await client.post('/api/whoop/refresh?days=3'));
  canaries.whoop = ['"kind":"profile"', String(double.member.userId), 'jo@example.com', '"kind":"cycles"'];
}

/** @throws unless it was done */
function done(answer: { status: number; text: string; body: any }): any {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer.body;
}
