import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startGithub, type GithubApp } from '../support/github/github-app.js';
import { DOUBLE_TOKEN, GithubDouble } from '../support/github/github-double.mjs';
import { gitAnswers } from '../support/github/github-faults.mjs';
import { gitFacts } from '../support/github/git-facts.js';
import { hostile, linear } from '../support/github/sample-histories.js';
import { temporaryFolder } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const LIMIT_MS = 120_000;
const CREDENTIALS = Buffer.from(`x-access-token:${DOUBLE_TOKEN}`).toString('base64');

interface RunningProgram {
  pid: number;
  command: string;
  environment: string[];
}

/** What runs on this machine, as everybody (command) and the owner (environment) can see it. */
function runningPrograms(): RunningProgram[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ');
        const environment = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
        return [{ pid: Number(pid), command, environment }];
      } catch {
        return [];
      }
    });
}

// Which database keeps the number makes no difference to how it is counted.
const [target] = await sqlTestTargets();

describe('counting the lines of repositories', () => {
  let database: SqlTestDatabase;
  let double: GithubDouble;
  let app: GithubApp | undefined;

  beforeEach(async () => {
    double = await GithubDouble.start(temporaryFolder());
    database = await target!.create();
  });

  afterEach(async () => {
    if (app !== undefined) expect(leftovers(app.dataDir)).toEqual([]);
    await app?.close();
    app = undefined;
    await double.stop();
    await database.drop();
  });

  function leftovers(dataDir: string): string[] {
    const folder = join(dataDir, 'tmp', 'github');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  async function start(env: Record<string, string> = {}): Promise<GithubApp> {
    return (app = await startGithub(database, double, env));
  }

  it(
    'should show the token to no process list, and run git without settings of others',
    async () => {
      process.env.GITHUB_LINES_CANARY = 'inherited';
      await double.addRepository('web', linear(3));
      let seen: RunningProgram[] = [];
      double.faults.push((request) => {
        if (request.kind === 'git' && request.path.endsWith('git-upload-pack')) seen = runningPrograms();
        return undefined;
      });
      await (await start()).refresh(LIMIT_MS);
      delete process.env.GITHUB_LINES_CANARY;
      const gits = seen.filter(({ command, environment }) => command.startsWith('git fetch') && environment.length > 5);
      const own = gits.filter(({ environment }) => environment.some((one) => one.includes(CREDENTIALS)));
      expect(own).toHaveLength(1);
      for (const { command } of seen) {
        expect(command.includes(DOUBLE_TOKEN)).toBe(false);
        expect(command.includes(CREDENTIALS)).toBe(false);
      }
      const names = own[0]!.environment.filter((one) => one !== '').map((one) => one.split('=')[0]!);
      expect(names).not.toContain('GITHUB_LINES_CANARY');
      expect(own[0]!.environment).toEqual(
        expect.arrayContaining([
          'GIT_TERMINAL_PROMPT=0',
          'GIT_CONFIG_GLOBAL=/dev/null',
          'GIT_CONFIG_NOSYSTEM=1',
          'HOME=/nonexistent',
        ]),
      );
      expect(double.requests.filter((request) => request.kind === 'git' && !request.authorized)).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'should come to no harm by what a repository holds',
    async () => {
      const repository = await double.addRepository('evil', hostile());
      const { items } = await (await start()).refresh(LIMIT_MS);
      expect(items.map(({ status }) => status)).toEqual(['updated']);
      const { evil } = await app!.shown();
      expect(evil!.loc).toBe((await gitFacts(repository.git)).loc);
      expect(existsSync('/tmp/pwned')).toBe(false);
      // ok, quoted, id, rf, escape, deep, run, edge, and twice the same file: no link, submodule, pointer, binary or large one.
      expect(evil!.loc).toBe(2 + 1 + 1 + 1 + 1 + 1 + 2 + 200_000 + 2 * 2);
    },
    LIMIT_MS,
  );

  it(
    'should count the same where the server cannot leave out large files',
    async () => {
      const repository = await double.addRepository('evil', hostile());
      await repository.git.git('config', 'uploadpack.allowFilter', 'false');
      await (await start()).refresh(LIMIT_MS);
      expect((await app!.shown()).evil!.loc).toBe((await gitFacts(repository.git)).loc);
    },
    LIMIT_MS,
  );

  it(
    'should give up a download that takes too long, and leave no program behind',
    async () => {
      await double.addRepository('slow', linear(3));
      double.faults.push(gitAnswers({ wire: 'hang' }));
      const { items } = await (await start({ GITHUB_CLONE_TIMEOUT_S: '1' })).refresh(LIMIT_MS);
      expect(items[0]).toMatchObject({
        status: 'partial',
        error: 'The lines were not counted: The download took longer than 1 s',
      });
      expect(
        runningPrograms().filter(({ environment }) => environment.some((one) => one.includes(CREDENTIALS))),
      ).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'should give up a download that is too large',
    async () => {
      const noise = Array.from({ length: 4 }, (_, i) => [
        `noise${i}.c`,
        Buffer.from(
          Array.from({ length: 1_500_000 }, (__, n) => 32 + ((Math.imul(n + i * 7, 2_654_435_761) >>> 13) % 95)),
        ),
      ]);
      await double.addRepository('large', [{ files: Object.fromEntries(noise) as Record<string, Buffer> }]);
      const { items } = await (await start({ GITHUB_CLONE_MAX_MB: '1' })).refresh(LIMIT_MS);
      // A fast download may be over before it is looked at.
      if (items[0]!.status !== 'updated') expect(items[0]!.error).toContain('larger than 1 MB');
    },
    LIMIT_MS,
  );

  /** A tree that holds itself twelve times over, so many levels deep, with one small file. */
  async function addBomb(levels: number, extension = ''): Promise<void> {
    const repository = await double.addRepository('bomb');
    const { git } = repository;
    const content = join(git.folder, 'tree-input');
    writeFileSync(content, 'print(1)\n');
    const blob = (await git.git('hash-object', '-w', 'tree-input')).trim();
    let entry = `100644 blob ${blob}`;
    for (let level = 0; level < levels; level += 1) {
      writeFileSync(content, Array.from({ length: 12 }, (_, i) => `${entry}\td${i}${extension}\n`).join(''));
      const tree = (await git.git('-c', 'alias.mk=!git mktree < tree-input', 'mk')).trim();
      entry = `040000 tree ${tree}`;
    }
    const tree = entry.split(' ')[2]!;
    const commit = (await git.git('-c', 'user.name=a', '-c', 'user.email=a@b', 'commit-tree', '-m', 'x', tree)).trim();
    await git.forcePush(commit);
    // git itself would take for ever to list them: the double needs no languages of it.
    repository.languages = async () => [];
    repository.history = async () => [
      {
        oid: commit,
        committedDate: '2026-01-01T00:00:00Z',
        authoredDate: '2026-01-01T00:00:00Z',
        email: 'a@b',
        parents: 0,
        additions: 1,
        deletions: 0,
      },
    ];
  }

  it(
    'should give up trees that never end',
    async () => {
      await addBomb(8);
      const { items } = await (await start()).refresh(LIMIT_MS);
      expect(items[0]).toMatchObject({ status: 'partial', error: expect.stringContaining('more than 2000000 files') });
      // It is the same the next time.
      double.reset();
      expect((await app!.refresh(LIMIT_MS)).items).toMatchObject([{ status: 'unchanged' }]);
      expect(double.clones).toBe(0);
    },
    LIMIT_MS,
  );

  it(
    'should estimate without git, and count as soon as there is one',
    async () => {
      const repository = await double.addRepository('web', linear(20));
      await (await start({ PATH: '/nonexistent' })).refresh(LIMIT_MS);
      expect((await app!.shown()).web!.loc_source).toBe('estimated');
      expect((await app!.refresh(LIMIT_MS)).items[0]!.status).toBe('unchanged');
      await app!.close();
      await (await start()).refresh(LIMIT_MS);
      expect((await app!.shown()).web).toMatchObject({
        loc: (await gitFacts(repository.git)).loc,
        loc_source: 'counted',
      });
    },
    LIMIT_MS,
  );

  describe('with cloc', () => {
    /** A program in cloc's place, that says what it was given by a file beside it. */
    function standIn(script: string): { path: string; seen: () => string } {
      const folder = mkdtempSync(join(process.env.ALMANAC_TEST_ROOT ?? tmpdir(), 'cloc-'));
      const path = join(folder, 'cloc');
      writeFileSync(
        path,
        `#!/bin/sh\nfor last; do :; done\n(cd "$last" && find . -type f | sort) > ${folder}/seen\n${script}\n`,
      );
      chmodSync(path, 0o755);
      return { path, seen: () => readFileSync(join(folder, 'seen'), 'utf8') };
    }

    it(
      'should take its number, and give it source files under names of ours',
      async () => {
        await double.addRepository('evil', hostile());
        const cloc = standIn(
          `echo '{"header":{},"Python":{"nFiles":2,"blank":1,"comment":1,"code":40},"SUM":{"code":41}}'`,
        );
        await (await start({ CLOC_PATH: cloc.path })).refresh(LIMIT_MS);
        expect((await app!.shown()).evil).toMatchObject({ loc: 41, loc_source: 'cloc' });
        const names = cloc.seen().trim().split('\n');
        expect(names).toHaveLength(10);
        expect(names.every((name) => /^\.\/\d+\/[\w+-][\w.+-]*\.(py|js|c)$/.test(name))).toBe(true);
      },
      LIMIT_MS,
    );

    it(
      'should count without it when its files would have no end',
      async () => {
        await addBomb(3, '.py');
        const cloc = standIn('exit 3');
        const { job } = await (await start({ CLOC_PATH: cloc.path, GITHUB_CLONE_MAX_MB: '4' })).refresh(LIMIT_MS);
        expect(job.status).toBe('completed');
        expect((await app!.shown()).bomb).toMatchObject({ loc_source: 'counted' });
        expect(() => cloc.seen()).toThrow('ENOENT');
      },
      LIMIT_MS,
    );

    it.each([
      ['fails', 'exit 3'],
      ['prints something else', 'echo unknown option'],
      ['prints something without a sum', 'echo "{}"'],
    ])(
      'should count without it when it %s',
      async (_, script) => {
        const repository = await double.addRepository('web', linear(5));
        await (await start({ CLOC_PATH: standIn(script).path })).refresh(LIMIT_MS);
        expect((await app!.shown()).web).toMatchObject({
          loc: (await gitFacts(repository.git)).loc,
          loc_source: 'counted',
        });
      },
      LIMIT_MS,
    );
  });
});
