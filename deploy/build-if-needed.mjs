// Builds dist/ when it is missing or older than a source file, so that `npm start` works on a fresh clone
// and starts at once afterwards.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

const BUILT = 'dist/main.js';
const CONFIG_FILES = ['tsconfig.json', 'tsconfig.build.json', 'nest-cli.json', 'package-lock.json'];

/** @param {string} folder @returns {number} newest modification time, epoch ms */
function newestIn(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs);
  }
  return newest;
}

// A container image ships dist/ without the sources.
if (existsSync('src') && (!existsSync('dist/.tsbuildinfo') || !existsSync(BUILT) || isStale())) {
  console.log('Building Almanac …');
  const { status } = spawnSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
  // An incremental build that changes nothing leaves the file's time as it was.
  if (status === 0) utimesSync('dist/.tsbuildinfo', new Date(), new Date());
  process.exitCode = status ?? 1;
}

function isStale() {
  const built = statSync('dist/.tsbuildinfo').mtimeMs;
  return newestIn('src') > built || CONFIG_FILES.some((file) => existsSync(file) && statSync(file).mtimeMs > built);
}
