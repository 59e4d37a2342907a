import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigError } from '../config/load-config.js';
import { claimDemoFolder } from './demo-folder.js';

describe('claimDemoFolder', () => {
  let dataDir: string;
  let database: string;

  beforeEach(() => {
    dataDir = mkdtempSync(join(tmpdir(), 'almanac-demo-'));
    database = join(dataDir, 'almanac.sqlite');
  });

  afterEach(() => rmSync(dataDir, { recursive: true }));

  const claim = () => claimDemoFolder({ storage: { dataDir, cacheDir: dataDir }, sql: { location: database } });

  it('should claim an empty folder and know it again', () => {
    claim();
    writeFileSync(database, '');
    expect(claim).not.toThrow();
  });

  it("should refuse a real server's folder", () => {
    writeFileSync(database, '');
    expect(claim).toThrow(ConfigError);
  });
});
