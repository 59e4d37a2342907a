import { describeAccountData } from '../support/account-data-suite.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess } from '../support/server.js';
import { readMongoTexts, readSqliteTexts } from '../support/stored-texts.js';

describeAccountData('all data of an account', async () => {
  const servers: ServerProcess[] = [];
  return {
    async start(env) {
      const server = await ServerProcess.start({ env, dataDir: servers[0]?.dataDir });
      servers.push(server);
      return server;
    },
    async read(server) {
      const store = await openServerStore(server);
      try {
        return { ...(await readMongoTexts(store)), ...readSqliteTexts(server.dataDir) };
      } finally {
        await store.close();
      }
    },
    logs: () => servers.map(({ logs }) => logs).join('\n'),
    dispose: () => Promise.resolve(),
  };
});
