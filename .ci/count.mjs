// Reads results of Jest (--json), a later run of a suite taking the place of an earlier one.
//   failed <file>    prints the paths of suites that failed, one per line
//   count <file>...  prints `N passed, N failed`; exit code 1 unless all passed
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const [command, ...files] = process.argv.slice(2);
const suites = new Map();
for (const file of files) {
  for (const suite of JSON.parse(readFileSync(file, 'utf8')).testResults) suites.set(relative('.', suite.name), suite);
}
const failedSuites = [...suites].filter(([, { status }]) => status === 'failed');

if (command === 'failed') {
  for (const [path] of failedSuites) console.log(path);
} else {
  const count = (wanted, results) => results.filter(({ status }) => status === wanted).length;
  const all = [...suites.values()];
  const passed = all.reduce((sum, { assertionResults }) => sum + count('passed', assertionResults), 0);
  // A suite that cannot even be loaded has no failed test of its own.
  const failed = failedSuites.reduce(
    (sum, [, { assertionResults }]) => sum + Math.max(1, count('failed', assertionResults)),
    0,
  );
  if (passed === 0) console.error('No test was run');
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
}
