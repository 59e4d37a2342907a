import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateRepositories } from '../../src/demo/github-demo.js';
import { generateShopMonth, type DemoEvent } from '../../src/demo/product-demo.js';
import { generateUsage } from '../../src/demo/usage-demo.js';
import { WHOOP_DEMO_DAYS, WHOOP_DEMO_SEED } from '../../src/demo/whoop-demo.source.js';
import { generateWhoopMember } from '../../src/demo/whoop-member.js';
import { temporaryFolder } from '../support/server.js';

const LIMIT_MS = 120_000;

describe('npm run demo', () => {
  const dataDir = join(temporaryFolder(), 'demo');
  let demo: DemoProcess;

  beforeAll(async () => {
    demo = await DemoProcess.start(dataDir);
  }, LIMIT_MS);

  afterAll(async () => {
    expect(await demo.stop()).toBe(0);
  });

  it('should say who to be and which project to look at', () => {
    expect(demo.output).toMatch(/Account\s+demo@almanac\.local\n\s+Password\s+\S+\n\s+Token\s+eyJ[\w.-]+\n/);
    expect(demo.output).toMatch(/Project key\s+[0-9a-f]{12}\n/);
    expect(demo.output).toMatch(/Loading Demo Shop: 100 % \([\d,]+ of [\d,]+\)/);
    expect(demo.output).toMatch(/Loading usage of a product: 100 %/);
    expect(demo.curls('/v1/reports/')).toHaveLength(3);
    expect(demo.curls('/api/v1/')).toHaveLength(4);
  });

  it('should print calls that work when they are pasted', async () => {
    const [overview, funnel, series] = (await Promise.all(demo.curls('/v1/reports/').map(runCurl))) as [
      Report,
      Report,
      Report,
    ];
    const events = await demo.events();
    expect(overview).toMatchObject({
      totalEvents: events.length,
      uniqueUsers: countPersons(events),
      uniqueEventNames: new Set(events.map(({ eventName }) => eventName)).size,
    });
    expect(overview.totalEvents).toBeGreaterThan(40_000);

    const users = funnel.steps.map((step) => step.users);
    expect(users).toHaveLength(4);
    expect(users).toEqual([...users].sort((a, b) => b - a));
    expect(users[3]).toBeGreaterThan(0);

    expect(series.items).toHaveLength(30);
    expect(series.items.reduce((sum, item) => sum + item.count, 0)).toBe(overview.totalEvents);
  });

  it('should show the usage that was recorded, and what it costs', async () => {
    const answers = await Promise.all(demo.curls('/api/v1/').map(runCurl));
    await expectUsage(answers, await demo.createdAt(), demo.timeZone);
  });

  it('should show repositories as if they came from GitHub', async () => {
    expect(demo.output).toMatch(/Loading GitHub repositories: 100 % \(6 of 6\)/);
    const [metrics, activity] = await Promise.all(demo.curls('/api/github/').map(runCurl));
    const commits = generateRepositories(await demo.createdAt()).flatMap((repository) => repository.commits);
    expect(metrics).toMatchObject({
      total_projects: 6,
      total_commits: commits.length,
      total_code_churn: commits.reduce((sum, { additions, deletions }) => sum + additions + deletions, 0),
      distinct_active_days: new Set(commits.map(({ at }) => Math.floor(at / 86_400_000))).size,
    });
    expect(activity).toHaveLength(30);
  });

  it('should show a year of a WHOOP member', async () => {
    expect(demo.output).toMatch(/Loading a year of WHOOP: 100 %/);
    const [metrics, sleeps, latest] = (await Promise.all(demo.curls('/api/whoop/').map(runCurl))) as [any, any[], any];
    const end = await demo.createdAt();
    const member = generateWhoopMember({ seed: WHOOP_DEMO_SEED, end, days: WHOOP_DEMO_DAYS });
    const scores = member.recoveries
      .filter(({ score_state }) => score_state === 'SCORED')
      .map(({ score }) => (score as { recovery_score: number }).recovery_score);
    expect(metrics.recovery).toMatchObject({ max_score: Math.max(...scores), min_score: Math.min(...scores) });
    expect(metrics.period_days).toBe(365);
    expect(sleeps.length).toBeGreaterThan(4);
    expect(latest.cycle_id).toBe(String(member.recoveries.at(-1)!['cycle_id']));
  });

  it('should show where the time of four weeks of browsing went', async () => {
    expect(demo.output).toMatch(/Loading four weeks of browsing: 100 %/);
    const [timeSpent, productivity, patterns] = (await Promise.all(demo.curls('/api/analytics/').map(runCurl))) as [
      Report,
      Report,
      Report,
    ];
    expect(timeSpent.time_spent.map(({ domain }) => domain)).toContain('github.com');
    expect(timeSpent.total_minutes).toBeGreaterThan(600);
    expect(productivity.productive_minutes).toBeGreaterThan(productivity.social_minutes);
    expect(patterns.most_active_day).toMatch(/day$/);

    const [week] = (await Promise.all(demo.curls('/api/ai/').map(runCurl))) as [Report];
    expect(week.report.summary).toMatch(/^In the week from \d+ .* you browsed for \d+ h /);
    expect(week.report.highlights.length).toBeGreaterThanOrEqual(3);
  });

  it(
    'should report on two weeks of a team',
    async () => {
      expect(demo.output).toMatch(/Loading Demo Team: 100 %/);
      const [generate] = demo.curls('/api/reports/generate');
      const { taskId } = await runCurl(generate!);
      const { origin, token } = demo.access();
      const end = Date.now() + LIMIT_MS;
      for (;;) {
        const answer = await fetch(`${origin}/api/reports/status/${taskId}`, {
          headers: { authorization: `Bearer ${token}` },
        });
        const task = (await answer.json()) as Task;
        expect(['pending', 'processing', 'completed']).toContain(task.status);
        if (task.status === 'completed') {
          const users = task.report.organizations[0]!.users;
          expect(users.map(({ userName }) => userName)).toEqual(['ada', 'ben', 'cleo']);
          for (const { overallReport } of users) expect(overallReport.totalActiveHours).toBeGreaterThan(20);
          return;
        }
        expect(Date.now()).toBeLessThan(end);
        await sleep(200);
      }
    },
    LIMIT_MS,
  );

  it(
    'should add nothing when it is started again',
    async () => {
      const [before] = demo.curls();
      const first = await runCurl(before!);
      await demo.stop();
      demo = await DemoProcess.start(dataDir);
      expect(demo.output).not.toContain('Loading');
      const [again] = demo.curls();
      expect(await runCurl(again!)).toEqual(first);
    },
    LIMIT_MS,
  );
});

/** What the reports hold, each its part. */
interface Report {
  totalEvents: number;
  uniqueUsers: number;
  steps: { users: number }[];
  items: { count: number }[];
  time_spent: { domain: string }[];
  total_minutes: number;
  productive_minutes: number;
  social_minutes: number;
  most_active_day: string;
  report: { summary: string; highlights: string[] };
  taskId: string;
}

interface Task {
  status: string;
  report: {
    organizations: { users: { userName: string; overallReport: { totalActiveHours: number } }[] }[];
  };
}

/** Counts what the generator made: the last days of the dashboard cover all of it. */
async function expectUsage(
  [dashboard, models, active, budgets]: any[],
  anchor: number,
  timeZone: string,
): Promise<void> {
  const { activities, calls } = generateUsage(anchor, timeZone);
  const count = (action: string) => activities.filter((row) => row.action === action).length;
  expect(dashboard.total_users).toBe(new Set(activities.map(({ user_id }) => user_id)).size);
  expect(dashboard.summary.totals).toMatchObject({
    logins: count('login'),
    registrations: count('signup'),
    total_api_calls: calls.length,
    tokens_used: calls.reduce((sum, { tokens }) => sum + tokens, 0),
  });
  expect(dashboard.user_stats).toHaveLength(30);
  expect(models).toEqual(dashboard.models);
  expect(models.map(({ cost_usd }: { cost_usd: number | null }) => cost_usd)).toContain(null);
  expect(active.weekly_active_users).toBeGreaterThan(10);
  expect(budgets.budgets).toMatchObject([{ scope: 'all', period: 'month', limit_usd: 5 }]);
}

/** Linked persons by plain counting. The shop's anonymous ids meet one user at most. */
function countPersons(events: readonly DemoEvent[]): number {
  const users = new Map<string, string>();
  for (const { anonymousId, userId } of events) if (anonymousId && userId) users.set(anonymousId, userId);
  return new Set(events.map(({ anonymousId = '', userId }) => userId ?? users.get(anonymousId) ?? anonymousId)).size;
}

/** What the command does with curl, done with fetch: a bare machine has no curl. The shell itself reads the line. */
async function runCurl(line: string): Promise<any> {
  const echo = `curl() { "${process.execPath}" -e 'console.log(JSON.stringify(process.argv.slice(1)))' -- "$@"; }`;
  const args: string[] = JSON.parse(execFileSync('sh', ['-c', `${echo}\n${line}`], { encoding: 'utf8' }));
  const init: { method?: string; body?: string; headers: Record<string, string> } = { headers: {} };
  let url = '';
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === '-s') continue;
    else if (arg === '-X') init.method = args[++i];
    else if (arg === '-d') init.body = args[++i];
    else if (arg === '-H') {
      const [name, value] = args[++i]!.split(': ');
      init.headers[name!] = value!;
    } else url = arg;
  }
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(20_000) });
  // 202: a task, which takes its time.
  expect([200, 202]).toContain(response.status);
  return response.json();
}

class DemoProcess {
  output = '';

  private constructor(private readonly child: ChildProcess) {}

  static async start(dataDir: string): Promise<DemoProcess> {
    const { PATH, HOME } = process.env;
    const env = { PATH, HOME, DATA_DIR: dataDir, PORT: '0', CACHE_DIR: resolve('.cache') };
    const child = spawn(process.execPath, ['dist/demo.js'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    const demo = new DemoProcess(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => (demo.output += chunk.toString()));
    }
    const end = Date.now() + LIMIT_MS;
    // The summary is one write; lines of the log may follow at once.
    while (!/Try in another terminal:\n\n(?:curl [^\n]*\n\n)+(?!curl)/.test(demo.output)) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`The demo did not come up:\n${demo.output}`);
      await sleep(50);
    }
    return demo;
  }

  /** Those of some routes, or all. */
  curls(path = ''): string[] {
    return this.output.split('\n').filter((line) => line.startsWith('curl ') && line.includes(path));
  }

  /** Where it listens, and what to show there. */
  access(): { origin: string; token: string } {
    const [, token] = /Token\s+(\S+)/.exec(this.output)!;
    return { origin: new URL(/http:\/\/[^/\s]+/.exec(this.curls()[0]!)![0]).origin, token: token! };
  }

  /** What the month holds that was loaded: it ends when the account was made. */
  async events(): Promise<DemoEvent[]> {
    return generateShopMonth(await this.createdAt(), this.timeZone);
  }

  get timeZone(): string {
    return /Time zone\s+(\S+)/.exec(this.output)![1]!;
  }

  async createdAt(): Promise<number> {
    const { origin, token } = this.access();
    const me = await fetch(`${origin}/api/auth/me`, { headers: { authorization: `Bearer ${token}` } });
    const { user } = (await me.json()) as { user: { createdAt: string } };
    return Date.parse(user.createdAt);
  }

  async stop(): Promise<number | null> {
    if (this.child.exitCode === null) {
      const exited = new Promise((done) => this.child.once('exit', done));
      this.child.kill('SIGTERM');
      await exited;
    }
    return this.child.exitCode;
  }
}
