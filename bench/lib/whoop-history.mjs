// @ts-check
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { importBuilt } from './built.mjs';

/**
 * Puts a member's whole history into the database of a data folder, as the demo does: WHOOP's own syncs reach back a year.
 * @param {string} dataDir
 * @param {any} member of `generateWhoopMember`
 */
export async function storeHistory(dataDir, member) {
  const { loadConfig } = await importBuilt('config/load-config.js');
  const config = loadConfig({ DATA_DIR: dataDir, WHOOP_SYNC_CRON: 'off' });
  class Loader {}
  const imports = [(await importBuilt('config/config.module.js')).ConfigModule.forRoot(config)];
  for (const [path, name] of [
    ['common/lifecycle/lifecycle.module.js', 'LifecycleModule'],
    ['infra/sql/sql.module.js', 'SqlModule'],
    ['infra/redis/redis.module.js', 'RedisModule'],
    ['infra/crypto/crypto.module.js', 'CryptoModule'],
    ['infra/jobs/jobs.module.js', 'JobsModule'],
    ['modules/whoop/whoop.module.js', 'WhoopModule'],
  ]) {
    imports.push((await importBuilt(String(path)))[String(name)]);
  }
  const app = await NestFactory.createApplicationContext({ module: Loader, imports }, { logger: false });
  try {
    await app.get((await importBuilt('infra/sql/sql-connector.js')).SqlConnector).ready;
    const { SampleMemberService } = await importBuilt('modules/whoop/records/sample-member.service.js');
    const { profile, sleeps: sleep, cycles, recoveries: recovery, workouts } = member;
    await app
      .get(SampleMemberService)
      .load({ profile, records: { sleep, cycles, recovery, workouts } }, () => undefined);
  } finally {
    await app.close();
  }
}
