import { readFileSync } from 'node:fs';

/** Packages that ask to run a script when they are installed, and what for. None of them needs it here. */
const KNOWN_INSTALL_SCRIPTS: Readonly<Record<string, string>> = {
  '@parcel/watcher': 'builds what is prebuilt for this kind of machine',
  '@scarf/scarf': 'reports installs to its maker',
  '@swc/core': 'checks that its binary is there',
  'msgpackr-extract': 'builds what is prebuilt for this kind of machine',
  'unrs-resolver': 'checks that its binary is there',
};

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  link?: boolean;
  hasInstallScript?: boolean;
}

describe('S4 dependencies', () => {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8')) as {
    packages: Record<string, LockedPackage>;
  };
  const installed = Object.entries(packages).filter(([path]) => path !== '');

  it('S4 should be locked to one content each', () => {
    expect(installed.length).toBeGreaterThan(100);
    const loose = installed.filter(([, { version, integrity }]) => version === undefined || integrity === undefined);
    expect(loose.map(([path]) => path)).toEqual([]);
  });

  it('S4 should come from the registry that npm is told of, and from nowhere else', () => {
    const elsewhere = installed.filter(
      ([, { resolved }]) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
    );
    expect(elsewhere.map(([path]) => path)).toEqual([]);
  });

  it('S4 should have no install script but those that are known', () => {
    const scripts = installed
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length));
    expect([...new Set(scripts)].sort()).toEqual(Object.keys(KNOWN_INSTALL_SCRIPTS).sort());
  });
});
