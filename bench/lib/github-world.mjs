// @ts-check
// The GitHub of bench:github, in a process of its own: `node bench/lib/github-world.mjs <folder> <repositories> <commits>`.
import { GithubDouble } from '../../test/support/github/github-double.mjs';
import { Random } from './random.mjs';

const [folder = '', repositories = '0', commits = '0'] = process.argv.slice(2);
const START = Date.parse('2024-01-01T08:00:00Z') / 1000;
const AUTHORS = ['Ann <ann@example.com>', 'Bob <bob@example.com>', 'Cem <cem@example.com>'];

const double = await GithubDouble.start(folder);
let made = 0;
for (const [i, count] of shares(Number(repositories), Number(commits)).entries()) {
  await double.addRepository(`repository-${i}`, history(count, i));
  made += count;
}
// What GitHub knows of its repositories it has computed before anybody asks.
for (const repository of double.repositories) {
  const head = repository.git.head();
  if (head !== null) await Promise.all([repository.history(head), repository.languages(head)]);
}
double.reset();
process.send?.({ url: double.url, token: double.token, commits: made });

process.on('message', (message) => void tell(message));
process.on('disconnect', () => process.exit(0));

/** What was asked since the last time; after `push` three repositories have three commits more. @param {unknown} message */
async function tell(message) {
  if (message === 'push')
    for (const repository of double.repositories.slice(0, 3)) await repository.git.commit(history(3, 77));
  const { points, clones, invalid, questions, mostAtOnce } = double;
  process.send?.({ points, clones, invalid, questions: questions.length, mostAtOnce });
  double.reset();
}

/**
 * Commits of each repository: few have most of them.
 * @param {number} count @param {number} total
 */
function shares(count, total) {
  const weights = Array.from({ length: count }, (_, i) => 1 / (i + 1.5));
  const sum = weights.reduce((all, one) => all + one, 0);
  return weights.map((weight) => Math.max(1, Math.round((total * weight) / sum)));
}

/**
 * @param {number} count @param {number} seed
 * @returns {Generator<import('../../test/support/github/git-fixture.mjs').CommitSpec>}
 */
function* history(count, seed) {
  const random = new Random(seed + 1);
  let at = START + (seed % 365) * 86_400;
  for (let i = 0; i < count; i += 1) {
    at += 60 + random.below(7141);
    const lines = Array.from({ length: 1 + random.below(30) }, (_, line) => `export const x${line} = ${i};`);
    yield {
      atSeconds: at,
      author: random.pick(AUTHORS),
      message: `Change ${i}`,
      files: { [`src/file${random.below(40)}.ts`]: `${lines.join('\n')}\n` },
    };
  }
}
