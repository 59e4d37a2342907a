import { Random } from '../../../src/demo/random.js';
import type { CommitSpec } from './git-fixture.mjs';

const DAY = 86_400;
const START = Date.parse('2025-03-01T08:00:00Z') / 1000;

const AUTHORS = [
  'Ann <ann@example.com>',
  'Bob <bob@example.com>',
  'Ann <ANN@example.com>',
  'Çem Öz <cem@account.example>',
];

function text(random: Random, lines: number): string {
  return Array.from({ length: lines }, () => (random.chance(0.15) ? '' : `line ${random.integer(1, 1e6)}`)).join('\n');
}

/** Commits one after the other: new, changed, renamed and deleted files, several authors, pauses of all lengths. */
export function* linear(count: number, seed = 1): Generator<CommitSpec> {
  const random = new Random(seed);
  let at = START;
  for (let i = 0; i < count; i += 1) {
    at += Math.round(random.exponential(random.chance(0.7) ? 2400 : 2 * DAY));
    const files: CommitSpec['files'] = { [`src/file${random.integer(0, 9)}.ts`]: text(random, random.integer(1, 60)) };
    if (random.chance(0.2)) files[`src/tool${random.integer(0, 3)}.py`] = text(random, 20);
    if (i % 17 === 5) files['src/file3.ts'] = null;
    if (i % 23 === 7) files['logo.png'] = Buffer.from([137, 80, 78, 71, 0, 1, i % 256]);
    yield { atSeconds: at, author: random.pick(AUTHORS), message: `Change ${i}`, files };
  }
}

/** As many commits as wanted, quickly: one small file each. */
export function* long(count: number): Generator<CommitSpec> {
  for (let i = 0; i < count; i += 1) {
    yield {
      atSeconds: START + i * 1800,
      author: AUTHORS[i % 2],
      message: `${i}`,
      files: { [`f${i % 50}.go`]: `package f\n// ${i}\n` },
    };
  }
}

/** Branches that are merged later, so that merges bring commits that are older than others; one merge of three. */
export function* branchy(rounds: number): Generator<CommitSpec> {
  let main = -1;
  let next = 0;
  const add = (spec: CommitSpec): CommitSpec => {
    next += 1;
    return spec;
  };
  for (let i = 0; i < rounds; i += 1) {
    const at = START + i * DAY;
    const parents = main < 0 ? [] : [main];
    yield add({ atSeconds: at, parents, files: { [`main${i}.ts`]: `export const a${i} = 1;\n` } });
    const base = next - 1;
    // A branch that goes on for a while, in the shadow of main.
    yield add({
      atSeconds: at + 600,
      parents: [base],
      branch: `topic${i}`,
      author: AUTHORS[1],
      files: { [`topic${i}.ts`]: 'a\nb\n' },
    });
    yield add({
      atSeconds: at + 900,
      parents: [next - 1],
      branch: `topic${i}`,
      author: AUTHORS[1],
      files: { [`topic${i}.ts`]: 'a\nc\nd\n' },
    });
    const topic = next - 1;
    yield add({ atSeconds: at + 700, parents: [base], branch: `other${i}`, files: { [`other${i}.ts`]: 'x\n' } });
    const other = next - 1;
    yield add({ atSeconds: at + 1200, parents: [base], files: { [`main${i}.ts`]: `export const a${i} = 2;\n` } });
    const tip = next - 1;
    const merged: CommitSpec['files'] = { [`topic${i}.ts`]: 'a\nc\nd\n', [`other${i}.ts`]: 'x\n' };
    yield add({ atSeconds: at + 5000, parents: [tip, topic, other], message: 'Merge', files: merged });
    main = next - 1;
  }
}

/** Names and texts of any script. */
export function* unicode(): Generator<CommitSpec> {
  const author = '日本 太郎 <taro@例え.jp>';
  yield {
    at: '2025-05-01T10:00:00Z',
    author,
    message: 'Größe ändern 🎉',
    files: { 'größe/日本語.py': 'print("ü")\n\nx = "日本"\n' },
  };
  yield { at: '2025-05-01T10:30:00Z', author, message: 'שלום', files: { 'emoji 🎉.js': '// 🎉\nlet ü = 1;\n' } };
}

/** What a repository may hold to trick whoever reads it. */
export function* hostile(): Generator<CommitSpec> {
  yield {
    at: '2025-06-01T10:00:00Z',
    message: '$(touch /tmp/pwned) `id` \u001b[31m',
    author: '"; rm -rf / # <evil@example.com>',
    files: {
      'ok.py': 'a = 1\n\nb = 2\n',
      'a "quoted"\nname.py': 'x = 1\n',
      '$(id).py': 'x = 2\n',
      '-rf.py': 'x = 3\n',
      '%2e%2e/escape.py': 'x = 4\n',
      [`${'deep/'.repeat(60)}file.py`]: 'x = 5\n',
      'link.py': { mode: '120000', content: '/etc/passwd' },
      'up.py': { mode: '120000', content: '../../../../etc/shadow' },
      'module.py': { submodule: '0123456789abcdef0123456789abcdef01234567' },
      '.gitmodules': '[submodule "x"]\n\tpath = module.py\n\turl = ext::sh -c touch% /tmp/pwned\n',
      '.gitattributes': '*.py filter=evil diff=evil\n',
      'pointer.py': 'version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 12\n',
      'binary.py': Buffer.from('x = 1\n\0\n'),
      'run.js': { mode: '100755', content: '#!/usr/bin/env node\nconsole.log(1);\n' },
    },
  };
  yield {
    at: '2025-06-01T11:00:00Z',
    files: {
      'large.py': 'y = 1\n'.repeat(400_000),
      'edge.py': `${'z = 22222\n'.repeat(200_000)}`,
      'node_modules/a/index.js': 'module.exports = 1;\n',
      'vendor/lib.go': 'package lib\n',
      'dist/app.js': 'var a;\n',
      'lib.min.js': 'var a=1;\n',
      'api_pb2.py': 'a = 1\n',
      'copy1.c': 'int a;\n\nint b;\n',
      'copy2.c': 'int a;\n\nint b;\n',
      'package-lock.json': '{}\n',
      'README.md': '# Read me\n',
    },
  };
}

/** Clocks that were wrong, and commits that were rebased long after they were made. */
export function* skewed(): Generator<CommitSpec> {
  yield { at: '2025-07-10T10:00:00Z', files: { 'a.rs': 'fn a() {}\n' } };
  yield { at: '1975-01-01T00:00:01Z', files: { 'a.rs': 'fn a() {}\nfn b() {}\n' } };
  yield { at: '2025-07-11T10:00:00Z', authoredAt: '2025-07-01T09:00:00Z', files: { 'b.rs': 'fn c() {}\n' } };
  yield { at: '2025-07-11T10:00:00Z', authoredAt: '2025-07-01T09:40:00Z', files: { 'b.rs': 'fn d() {}\n' } };
  yield { at: '2025-07-11T23:59:59Z', authoredAt: '2025-07-12T03:00:00Z', files: { 'b.rs': 'fn e() {}\n' } };
}
