// Builds dist/ once per run: the tests that spawn the server run what users run.
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export default function buildOnce() {
  // The workers inherit it; global-teardown.mjs removes it.
  process.env.ALMANAC_TEST_ROOT = mkdtempSync(join(tmpdir(), 'almanac-test-'));
  if (process.env.ALMANAC_SKIP_BUILD === '1') return;
  const { status, stdout } = spawnSync('npm', ['run', '--silent', 'build'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`The build failed:\n${stdout}`);
}
