import { SOURCE_EXTENSIONS, SOURCE_NAMES } from './source-extensions.js';

/** Larger files are data or were made by a program. */
export const MAX_SOURCE_BYTES = 2_000_000;

/** Folders (lower case) whose files were written by others or by programs, at any depth. */
const FOREIGN_FOLDERS = new Set([
  // Others' code.
  'node_modules',
  'bower_components',
  'jspm_packages',
  'web_modules',
  'vendor',
  'vendors',
  'vendored',
  'third_party',
  'third-party',
  'thirdparty',
  '3rdparty',
  'external',
  'externals',
  'site-packages',
  'dist-packages',
  'virtualenv',
  '.venv',
  'venv',
  'pods',
  'carthage',
  'godeps',
  '_vendor',
  '.yarn',
  '.pnpm-store',
  '.bundle',
  // What programs make.
  'dist',
  'build',
  'out',
  'target',
  'obj',
  'coverage',
  'htmlcov',
  'generated',
  '__generated__',
  '.generated',
  'gen',
  '__pycache__',
  '__snapshots__',
  '.next',
  '.nuxt',
  '.svelte-kit',
  '.output',
  '.gradle',
  '.tox',
  '.nox',
  '.eggs',
  '.cache',
  '.terraform',
  '.dart_tool',
  'deriveddata',
  '_site',
]);

/** Names (lower case) of files that package managers write. */
const LOCK_FILES = new Set([
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'bun.lockb',
  'deno.lock',
  'composer.lock',
  'gemfile.lock',
  'podfile.lock',
  'cargo.lock',
  'poetry.lock',
  'pdm.lock',
  'uv.lock',
  'pipfile.lock',
  'go.sum',
  'go.work.sum',
  'mix.lock',
  'pubspec.lock',
  'packages.lock.json',
  'flake.lock',
  'gradle.lockfile',
  'package.resolved',
  'mix.exs.lock',
  'gradlew',
  'gradlew.bat',
  'mvnw',
  'mvnw.cmd',
  '.pnp.cjs',
  '.pnp.loader.mjs',
]);

/** Endings (lower case) of names that minifiers, bundlers and generators of code give. */
const MADE_BY_PROGRAMS = [
  '.min.js',
  '.min.mjs',
  '.min.css',
  '-min.js',
  '-min.css',
  '.bundle.js',
  '.bundle.css',
  '.chunk.js',
  '.chunk.css',
  '.pb.go',
  '.pb.gw.go',
  '.pb.cc',
  '.pb.h',
  '.pb.swift',
  '_pb.js',
  '_pb.ts',
  '_pb.d.ts',
  '_pb2.py',
  '_pb2.pyi',
  '_pb2_grpc.py',
  '_generated.go',
  '_gen.go',
  '.gen.go',
  '.gen.ts',
  '.g.dart',
  '.g.cs',
  '.g.i.cs',
  '.freezed.dart',
  '.designer.cs',
  '.generated.cs',
  '.generated.js',
  '.generated.ts',
  '.generated.tsx',
  '.generated.swift',
  'react-app-env.d.ts',
  'next-env.d.ts',
  'vite-env.d.ts',
];

/**
 * Whether a file is source that people wrote, by its path within the repository (with `/`). A lock file, a vendored or
 * generated path and everything that is no source by its name is not.
 */
export function isSourcePath(path: string): boolean {
  const parts = path.toLowerCase().split('/');
  const name = parts.pop() ?? '';
  if (parts.some((folder) => FOREIGN_FOLDERS.has(folder) || folder.endsWith('.xcassets'))) return false;
  if (LOCK_FILES.has(name) || MADE_BY_PROGRAMS.some((ending) => name.endsWith(ending))) return false;
  if (SOURCE_NAMES.has(name)) return true;
  const dot = name.lastIndexOf('.');
  // A name that only begins with a dot (.bashrc) has no extension.
  return dot > 0 && SOURCE_EXTENSIONS.has(name.slice(dot + 1));
}
