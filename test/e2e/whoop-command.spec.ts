import { spawn } from 'node:child_process';
import { generateWhoopMember } from '../../src/demo/whoop-member.js';
import { temporaryFolder } from '../support/server.js';
import { CLIENT_ID, CLIENT_SECRET, WhoopDouble } from '../support/whoop/whoop-double.js';

describe('npm run sync:whoop', () => {
  const dataDir = temporaryFolder();
  let double: WhoopDouble;

  beforeAll(async () => {
    double = await WhoopDouble.start(generateWhoopMember({ seed: 5, end: Date.now() - 3_600_000, days: 30 }));
    double.rate.limit = 1000;
  });
  afterAll(async () => {
    await double.close();
    expect(double.tokens.spentAgain).toEqual([]);
  });

  /** The command as npm runs it. */
  async function run(parameters: string[], refreshToken?: string): Promise<{ code: number | null; output: string }> {
    const child = spawn(process.execPath, ['dist/sync-whoop.js', ...parameters], {
      env: {
        PATH: process.env.PATH,
        DATA_DIR: dataDir,
        WHOOP_CLIENT_ID: CLIENT_ID,
        WHOOP_CLIENT_SECRET: CLIENT_SECRET,
        WHOOP_API_URL: double.url,
        WHOOP_REFRESH_TOKEN: refreshToken ?? '',
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const code = await new Promise<number | null>((done) => child.once('exit', done));
    return { code, output };
  }

  it('should say how it is used, and what is missing', async () => {
    expect(await run(['--days=0'])).toMatchObject({ code: 1, output: expect.stringContaining('Usage') });
    const { code, output } = await run([]);
    expect([code, output]).toEqual([1, expect.stringContaining('Whoop API not configured')]);
  });

  it('should fetch what is asked for, and tell by its exit code what came of it', async () => {
    const { refresh } = double.tokens.grant();
    const { code, output } = await run(['--days=365'], refresh);
    const { cycles, sleeps, recoveries, workouts } = double.member;
    expect([code, output.trim().split('\n')]).toEqual([
      0,
      [
        `sleep: completed, ${sleeps.length} records`,
        `cycles: completed, ${cycles.length} records`,
        `recovery: completed, ${recoveries.length} records`,
        `workouts: completed, ${workouts.length} records`,
        `WHOOP: completed, ${cycles.length + sleeps.length + recoveries.length + workouts.length} records`,
      ],
    ]);
    double.fault = ({ path }) => (path === '/v2/recovery' ? { kind: 'status', status: 400 } : undefined);
    const partial = await run(['--days=10'], refresh);
    expect([partial.code, partial.output]).toEqual([2, expect.stringContaining('WHOOP: partial')]);
    for (const token of double.tokens.issued) expect(output + partial.output).not.toContain(token);
  });
});
