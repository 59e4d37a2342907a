import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '../config/load-config.js';
import { demoEnvironment } from './demo-environment.js';

describe('demoEnvironment', () => {
  const real = {
    NODE_ENV: 'production',
    ENV: 'production',
    PORT: '5050',
    MONGODB_URI: 'mongodb://db.internal:27017',
    MONGODB_DB_NAME: 'shop',
    DATABASE_URL: 'postgres://almanac@db.internal/almanac',
    JWT_SECRET: 'a secret that signs the tokens of a real server',
    INFLUXDB_URL: 'http://influx.internal:8086',
    INFLUXDB_TOKEN: 'token',
    INFLUXDB_ORG: 'org',
    INFLUXDB_BUCKET: 'bucket',
  };

  it('should keep data, accounts and secret apart from those of a real server', () => {
    expect(demoEnvironment({})).toMatchObject({ DATA_DIR: './data/demo' });
    expect(demoEnvironment({ DATA_DIR: '' })).toMatchObject({ DATA_DIR: './data/demo' });
    expect(demoEnvironment(real)).toMatchObject({
      DATA_DIR: './data/demo',
      DATABASE_URL: undefined,
      MONGODB_DB_NAME: 'almanac_demo',
      JWT_SECRET: undefined,
      INFLUXDB_URL: undefined,
      NODE_ENV: 'development',
      ENV: undefined,
    });
  });

  it('should take the folder, port and MongoDB server that are given', () => {
    const env = demoEnvironment({ ...real, DATA_DIR: '/tmp/almanac-demo' });
    expect(env).toMatchObject({ DATA_DIR: '/tmp/almanac-demo', PORT: '5050', MONGODB_URI: real.MONGODB_URI });
  });

  it('should be accepted by the configuration whatever a real server is set to', () => {
    const folder = mkdtempSync(join(tmpdir(), 'almanac-demo-'));
    const config = loadConfig(demoEnvironment({ ...real, DATA_DIR: folder }));
    expect(config.sql).toMatchObject({ dialect: 'sqlite', location: join(folder, 'almanac.sqlite') });
    expect(config.auth.jwtSecret).not.toBe(real.JWT_SECRET);
    expect(config.auth.accessTokenSeconds).toBe(86_400);
    rmSync(folder, { recursive: true });
  });
});
