import { mongo, type Connection } from 'mongoose';
import type { MongoConfig } from '../../src/config/app.config.js';
import { OPERATION_TIMEOUT_MS } from '../../src/infra/mongo/mongo-options.js';
import { StoreSilentError, WriteCommands } from '../../src/infra/mongo/write-commands.js';

function commandsTo(answer: (command: mongo.Document) => Promise<mongo.Document>): WriteCommands {
  const db: Pick<mongo.Db, 'command'> = { command: answer };
  return new WriteCommands({ db } as Connection, { embedded: true } as MongoConfig);
}

describe('a write', () => {
  it('should be given up by the store before nobody waits for it any more, also when it is sent again', async () => {
    const limits: number[] = [];
    const commands = commandsTo(async ({ maxTimeMS }) => {
      limits.push(maxTimeMS as number);
      if (limits.length === 1) throw new mongo.MongoNetworkError('lost');
      return { ok: 1 };
    });
    await commands.insert('events', [Buffer.alloc(5)], () => undefined);
    expect(limits[0]).toBeGreaterThan(OPERATION_TIMEOUT_MS / 2);
    expect(limits[0]).toBeLessThan(OPERATION_TIMEOUT_MS);
    expect(limits[1]).toBeLessThanOrEqual(limits[0]!);
    expect(limits.every(Number.isInteger)).toBe(true);
  });

  it('should count as not answered when the store gave it up', async () => {
    const commands = commandsTo(() =>
      Promise.reject(new mongo.MongoServerError({ message: 'operation exceeded time limit', code: 50 })),
    );
    await expect(commands.run({ update: 'events', updates: [] })).rejects.toBeInstanceOf(StoreSilentError);
  });
});
