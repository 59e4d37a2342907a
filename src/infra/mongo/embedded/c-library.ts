import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { findMainSource, parseDeb822Sources, parseSourcesList, type AptSource } from './apt-sources.js';
import { EmbeddedEngineUnavailableError } from './embedded-mongo.errors.js';
import { parseOsRelease, type OsRelease } from './os-release.js';

const run = promisify(execFile);

/** The oldest glibc the engine's binary starts with: it asks for symbols of version GLIBC_2.38. */
const NEEDED_GLIBC = [2, 38] as const;

const UPDATE_LIMIT_MS = 120_000;
const DOWNLOAD_LIMIT_MS = 60_000;
const UNPACK_LIMIT_MS = 30_000;
/** A preparation that was interrupted leaves its working folder; after this long no process can still be in it. */
const ABANDONED_MS = 10 * 60_000;

const WORK_PREFIX = '.preparing-';
/** Written last: which files make the folder complete, and their sizes. */
const MANIFEST = 'complete.json';

/** A system that lacks a new enough glibc, as far as it matters for finding one. */
export interface CLibraryHost {
  arch: string;
  /** Version of the running glibc such as `2.36`; absent: another C library (musl). */
  glibcVersion: string | undefined;
  /** Text of /etc/os-release; empty when there is none. */
  osRelease: string;
  aptSources(): AptSource[];
  /** Folders of the shared libraries this node runs with. */
  libraryFolders(): string[];
}

/** How to start a program under the newer library: `loader --library-path folders.join(':') program`. */
export interface CLibrary {
  loader: string;
  folders: string[];
}

interface Release {
  distribution: 'debian' | 'ubuntu';
  name: 'trixie' | 'noble';
  /** The code name the machine's own sources use. */
  codename: string | undefined;
}

interface Target {
  triplet: string;
  loader: string;
}

const TARGETS: Record<string, Target | undefined> = {
  x64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** Whether the engine starts under this glibc as it is. */
export function isNewEnough(glibcVersion: string): boolean {
  const [major = 0, minor = 0] = glibcVersion.split('.').map(Number);
  return major > NEEDED_GLIBC[0] || (major === NEEDED_GLIBC[0] && minor >= NEEDED_GLIBC[1]);
}

/** What this machine says about itself. */
export function currentHost(): CLibraryHost {
  const report = shortReport();
  return {
    arch: process.arch,
    glibcVersion: report.header.glibcVersionRuntime,
    osRelease: existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '',
    aptSources: readAptSources,
    libraryFolders: () => [...new Set(report.sharedObjects.filter((file) => file.startsWith('/')).map(dirname))],
  };
}

/**
 * Gives the C library of the distribution's newer release (Debian's trixie, Ubuntu's noble), fetched once with apt as
 * this ordinary user into `cacheDir` and checked by the distribution's keyring. When it is there already this reads two
 * small files and calls nothing.
 *
 * @throws EmbeddedEngineUnavailableError when the system is not made from Debian or Ubuntu, or apt cannot deliver
 */
export async function prepareCLibrary(options: {
  cacheDir: string;
  host: CLibraryHost;
  log: { info(message: string): void };
}): Promise<CLibrary> {
  const { cacheDir, host } = options;
  const osRelease = parseOsRelease(host.osRelease);
  const release = newerRelease(osRelease);
  const target = TARGETS[host.arch];
  const old = `this system (${osRelease.prettyName}) has glibc ${host.glibcVersion}, the engine needs ${NEEDED_GLIBC.join('.')} or later`;
  if (!release || !target) {
    throw new EmbeddedEngineUnavailableError(`${old}, and only Debian and Ubuntu offer a newer one beside their own`);
  }
  const folder = join(cacheDir, `c-library-${release.name}-${target.triplet}`);
  if (!isComplete(folder)) {
    const began = Date.now();
    options.log.info(`${old}: fetching that of ${release.distribution} ${release.name} into ${folder}`);
    try {
      await fetchCLibrary(folder, release, target, host.aptSources());
    } catch (error) {
      throw new EmbeddedEngineUnavailableError(`${old}, and fetching one with apt failed: ${reasonOf(error)}`, {
        cause: error,
      });
    }
    options.log.info(`The newer C library is ready after ${Date.now() - began} ms`);
  }
  const libraries = join(folder, 'usr/lib', target.triplet);
  const own = [`/lib/${target.triplet}`, `/usr/lib/${target.triplet}`];
  return {
    loader: join(libraries, target.loader),
    folders: [libraries, ...new Set([...own, ...host.libraryFolders()])],
  };
}

function newerRelease(os: OsRelease): Release | null {
  const family = [os.id, ...os.idLike];
  // Ubuntu is made from Debian, so it is asked first.
  if (family.includes('ubuntu')) {
    return { distribution: 'ubuntu', name: 'noble', codename: os.ubuntuCodename ?? os.codename };
  }
  if (family.includes('debian')) {
    return { distribution: 'debian', name: 'trixie', codename: os.debianCodename ?? os.codename };
  }
  return null;
}

/** Works in a folder of its own and publishes it by one rename, so that readers see all of it or nothing. */
async function fetchCLibrary(folder: string, release: Release, target: Target, sources: AptSource[]): Promise<void> {
  const mirror = findMainSource(sources, release.codename);
  if (!mirror)
    throw new Error(`no apt source of ${release.codename ?? release.distribution} is set up on this machine`);
  const parent = dirname(folder);
  mkdirSync(parent, { recursive: true });
  removeAbandoned(parent);
  const work = mkdtempSync(join(parent, `${WORK_PREFIX}${basename(folder)}-`));
  try {
    const config = writeAptSetup(work, mirror, release);
    await run('apt-get', ['-c', config, '-q', 'update'], limited(UPDATE_LIMIT_MS));
    await run('apt-get', ['-c', config, '-q', 'download', 'libc6'], { cwd: work, ...limited(DOWNLOAD_LIMIT_MS) });
    const archive = readdirSync(work).find((name) => name.startsWith('libc6_') && name.endsWith('.deb'));
    if (!archive) throw new Error('apt-get download brought no package libc6');
    const root = join(work, 'root');
    await run('dpkg', ['-x', join(work, archive), root], limited(UNPACK_LIMIT_MS));
    writeManifest(root, target, archive);
    publish(root, folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** apt with folders of its own, so that it needs no rights and changes nothing of the system's. */
function writeAptSetup(work: string, mirror: AptSource, release: Release): string {
  if (/["\n]/.test(work)) throw new Error(`the cache folder has a character in its name that apt cannot take: ${work}`);
  const lists = join(work, 'lists');
  const archives = join(work, 'archives');
  for (const parent of [lists, archives]) mkdirSync(join(parent, 'partial'), { recursive: true });
  writeFileSync(join(work, 'status'), '');
  const keyring = `/usr/share/keyrings/${release.distribution}-archive-keyring.gpg`;
  const signedBy = existsSync(keyring) ? keyring : mirror.signedBy;
  writeFileSync(
    join(work, 'newer.sources'),
    [
      'Types: deb',
      `URIs: ${mirror.uri}`,
      `Suites: ${release.name} ${release.name}-updates`,
      'Components: main',
      // Without a keyring by name apt takes those it trusts anyway; it never takes an unsigned list.
      ...(signedBy ? [`Signed-By: ${signedBy}`] : []),
      '',
    ].join('\n'),
  );
  const config = join(work, 'apt.conf');
  writeFileSync(
    config,
    [
      // Hooks of the system (cache cleaners, package centres) have no business here.
      '#clear APT::Update;',
      '#clear DPkg;',
      `Dir::State "${work}";`,
      `Dir::State::lists "${lists}";`,
      `Dir::State::status "${join(work, 'status')}";`,
      `Dir::Cache "${work}";`,
      `Dir::Cache::archives "${archives}";`,
      `Dir::Log "${work}";`,
      `Dir::Etc::sourcelist "${join(work, 'newer.sources')}";`,
      'Dir::Etc::sourceparts "/dev/null";',
      'Dir::Etc::preferences "/dev/null";',
      'Dir::Etc::preferencesparts "/dev/null";',
      // As root apt would hand the download to a user who may not write here.
      'APT::Sandbox::User "root";',
      'APT::Get::AllowUnauthenticated "false";',
      'Acquire::AllowInsecureRepositories "false";',
      'Acquire::Languages "none";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "15";',
      'Acquire::https::Timeout "15";',
      '',
    ].join('\n'),
  );
  return config;
}

function writeManifest(root: string, target: Target, archive: string): void {
  const folder = join('usr/lib', target.triplet);
  const files = [target.loader, 'libc.so.6', 'libm.so.6', 'libpthread.so.0'].map((name) => join(folder, name));
  const sizes = Object.fromEntries(files.map((file) => [file, statSync(join(root, file)).size]));
  writeFileSync(join(root, MANIFEST), `${JSON.stringify({ archive, sizes }, null, 2)}\n`);
}

/** The sizes are looked at again because a power cut can leave a renamed folder with empty files. */
function isComplete(folder: string): boolean {
  try {
    const { sizes } = JSON.parse(readFileSync(join(folder, MANIFEST), 'utf8')) as { sizes: Record<string, number> };
    return Object.entries(sizes).every(([file, size]) => statSync(join(folder, file)).size === size);
  } catch {
    return false;
  }
}

function publish(root: string, folder: string): void {
  try {
    renameSync(root, folder);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
    // Another process was faster, and its copy is as good; or a damaged one stands there and gives way.
    if (isComplete(folder)) return;
    renameSync(folder, `${root}.damaged`);
    renameSync(root, folder);
  }
}

function removeAbandoned(parent: string): void {
  for (const name of readdirSync(parent)) {
    if (!name.startsWith(WORK_PREFIX)) continue;
    const folder = join(parent, name);
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changed !== undefined && Date.now() - changed > ABANDONED_MS) rmSync(folder, { recursive: true, force: true });
  }
}

function readAptSources(): AptSource[] {
  const sources: AptSource[] = [];
  const files = ['/etc/apt/sources.list'];
  const parts = '/etc/apt/sources.list.d';
  if (existsSync(parts))
    files.push(
      ...readdirSync(parts)
        .sort()
        .map((name) => join(parts, name)),
    );
  for (const file of files) {
    if (!existsSync(file)) continue;
    if (file.endsWith('.list')) sources.push(...parseSourcesList(readFileSync(file, 'utf8')));
    if (file.endsWith('.sources')) sources.push(...parseDeb822Sources(readFileSync(file, 'utf8')));
  }
  return sources;
}

interface ShortReport {
  header: { glibcVersionRuntime?: string };
  sharedObjects: string[];
}

function shortReport(): ShortReport {
  // Describing the network makes the report look up names, which can take seconds.
  const report = process.report as NodeJS.ProcessReport & { excludeNetwork?: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  try {
    return report.getReport() as unknown as ShortReport;
  } finally {
    report.excludeNetwork = before;
  }
}

function limited(timeout: number) {
  return { timeout, killSignal: 'SIGKILL' as const, maxBuffer: 4 * 1024 * 1024 };
}

/** One line of a failed command: what it wrote as its error, not the whole command. */
function reasonOf(error: unknown): string {
  const { code, killed, stderr, message } = error as NodeJS.ErrnoException & { killed?: boolean; stderr?: string };
  if (code === 'ENOENT' && message.startsWith('spawn')) return `there is no ${message.split(' ')[1]} on this system`;
  if (killed) return 'it took too long';
  const lines = (stderr ?? '').split('\n').map((line) => line.trim());
  const said = lines.find((line) => line.startsWith('E:')) ?? lines.find((line) => line !== '');
  return (said ?? message.split('\n')[0]!).replace(/^E:\s*/, '').replace(/\.$/, '');
}
