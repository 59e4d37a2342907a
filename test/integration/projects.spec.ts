import type { Connection } from 'mongoose';
import { ForbiddenError, NotFoundError, UnauthenticatedError } from '../../src/common/errors/domain.error.js';
import { ANONYMOUS_USER_ID } from '../../src/common/auth/principal.js';
import { anonymous, principal } from '../factories/principal.factory.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { createProductServer, openProductStore, type ProductServer } from '../support/product-store.js';

const DAY_MS = 86_400_000;
const ann = principal({ userId: 'ann' });
const bob = principal({ userId: 'bob' });
const admin = principal({ userId: 'root', role: 'admin' });
const everything = { limit: 100 };

let mongo: TestMongo;
let connection: Connection;
let server: ProductServer;

beforeAll(async () => {
  mongo = await startTestMongo();
}, 120_000);

beforeEach(async () => {
  connection = await openProductStore(mongo.uri);
  server = createProductServer(connection);
});

afterEach(async () => {
  await connection.dropDatabase();
  await connection.close();
});

afterAll(async () => {
  await mongo.stop();
});

describe('ProjectsService', () => {
  it('should create projects with keys of their own', async () => {
    const project = await server.projects.create(ann, 'Demo App');
    expect(project).toMatchObject({ name: 'Demo App', isActive: true, ownerId: 'ann' });
    expect(project.projectKey).toMatch(/^[0-9a-f]{12}$/);
    expect((await server.projects.create(ann, 'Demo App')).projectKey).not.toBe(project.projectKey);
  });

  it('should list the newest first, only those of the caller, and all to an admin', async () => {
    const [a1, b1, a2] = [
      await server.projects.create(ann, 'One'),
      await server.projects.create(bob, 'One'),
      await server.projects.create(ann, 'Two'),
    ].map((project) => project.projectKey);
    const keys = async (...args: Parameters<typeof server.projects.list>) =>
      (await server.projects.list(...args)).map((project) => project.projectKey);
    expect(await keys(ann, everything)).toEqual([a2, a1]);
    expect(await keys(ann, { limit: 1 })).toEqual([a2]);
    expect(await keys(ann, { limit: 100, name: 'One' })).toEqual([a1]);
    expect(await keys(ann, { limit: 100, name: 'on.' })).toEqual([]);
    expect(await keys(admin, everything)).toEqual([a2, b1, a1]);
    expect(
      await keys(principal({ userId: 'ann', kind: 'apiKey', role: 'admin', scopes: ['read'] }), everything),
    ).toEqual([a2, a1]);
  });

  it('should answer an exact key to everyone and the rest only to callers', async () => {
    const { projectKey } = await server.projects.create(ann, 'One');
    for (const caller of [undefined, bob, ann]) {
      expect(await server.projects.list(caller, { projectKey, name: 'Other', limit: 100 })).toMatchObject([
        { projectKey },
      ]);
      expect(await server.projects.list(caller, { projectKey: 'unknown', limit: 100 })).toEqual([]);
    }
    await expect(server.projects.list(undefined, everything)).rejects.toThrow(UnauthenticatedError);
    await expect(server.projects.list(undefined, { name: 'One', limit: 100 })).rejects.toThrow(UnauthenticatedError);
  });

  it('should change settings, take them away, and see its own changes at once', async () => {
    const { projectKey } = await server.projects.create(ann, 'One');
    await server.projects.getForIngest(projectKey);
    const changed = await server.projects.update(ann, projectKey, {
      name: 'New',
      timezone: 'Europe/Berlin',
      weekStart: 7,
      eventRetentionDays: 30,
    });
    expect(changed).toMatchObject({
      ...{ name: 'New', timezone: 'Europe/Berlin', weekStart: 7, isActive: true, eventRetentionDays: 30 },
    });
    expect(await server.projects.getReadable(ann, projectKey)).toEqual(changed);
    const cleared = await server.projects.update(ann, projectKey, {
      timezone: null,
      weekStart: null,
      eventRetentionDays: null,
    });
    expect(cleared).not.toHaveProperty('eventRetentionDays');
    expect(cleared).not.toHaveProperty('timezone');
    expect(cleared).not.toHaveProperty('weekStart');
    expect(await server.projects.update(ann, projectKey, {})).toEqual(cleared);
    await server.projects.update(ann, projectKey, { isActive: false });
    await expect(server.projects.getForIngest(projectKey)).rejects.toThrow(`Project '${projectKey}' is not active`);
  });

  it("should treat another's key as an unknown one", async () => {
    const { projectKey } = await server.projects.create(ann, 'One');
    const notFound = (key: string) => `Project with key '${key}' not found`;
    for (const key of [projectKey, 'ffffffffffff']) {
      await expect(server.projects.update(bob, key, { name: 'x' })).rejects.toThrow(new NotFoundError(notFound(key)));
      await expect(server.projects.delete(bob, key)).rejects.toThrow(new NotFoundError(notFound(key)));
      await expect(server.projects.getInPath(bob, key)).rejects.toThrow(new NotFoundError(notFound(key)));
      await expect(server.projects.getReadable(bob, key)).rejects.toThrow(new ForbiddenError(notFound(key)));
    }
    expect(await server.projects.getReadable(admin, projectKey)).toMatchObject({ name: 'One' });
    expect(await server.projects.update(admin, projectKey, { name: 'Two' })).toMatchObject({
      name: 'Two',
      ownerId: 'ann',
    });
    await server.projects.update(ann, projectKey, { isActive: false });
    // That it is not active is told only to those who may see it.
    await expect(server.projects.getReadable(bob, projectKey)).rejects.toThrow(notFound(projectKey));
    await expect(server.projects.getReadable(ann, projectKey)).rejects.toThrow('is not active');
  });

  it('should let only those change what belongs to a project who may change the project', async () => {
    const { projectKey } = await server.projects.create(ann, 'One');
    expect(await server.projects.getWritable(ann, projectKey)).toMatchObject({ projectKey });
    expect(await server.projects.getWritable(admin, projectKey)).toMatchObject({ projectKey });
    await expect(server.projects.getWritable(bob, projectKey)).rejects.toThrow(NotFoundError);
    await connection.collection('projects').insertOne({ projectKey: 'abcdefabcdef', name: 'Old', isActive: true });
    const open = createProductServer(connection, { authMode: 'open' }).projects;
    await expect(open.getWritable(anonymous(), 'abcdefabcdef')).rejects.toThrow(NotFoundError);
    await server.projects.delete(ann, projectKey);
    expect(await server.projects.getWritable(ann, projectKey)).toMatchObject({ isActive: false });
  });

  it('should tell every replica within a second that links are to be forgotten', async () => {
    const other = createProductServer(connection).projects;
    const { projectKey } = await server.projects.create(ann, 'One');
    expect((await other.getForIngest(projectKey)).linkGeneration).toBeUndefined();
    expect(await server.projects.raiseLinkGeneration(projectKey)).toBe(true);
    expect(await server.projects.raiseLinkGeneration(projectKey)).toBe(true);
    expect((await server.projects.getForIngest(projectKey)).linkGeneration).toBe(2);
    await new Promise((resolve) => setTimeout(resolve, 1010));
    expect((await other.getForIngest(projectKey)).linkGeneration).toBe(2);
    expect(await server.projects.raiseLinkGeneration('ffffffffffff')).toBe(false);
  });

  it('should go through all projects but those that are being erased', async () => {
    const created = await Promise.all(Array.from({ length: 3 }, async () => server.projects.create(ann, 'One')));
    const keys = created.map(({ projectKey }) => projectKey).sort();
    await server.projects.update(ann, keys[0]!, { eventRetentionDays: 7 });
    await server.projects.delete(ann, keys[1]!);
    await connection.collection('projects').updateOne({ projectKey: keys[2] }, { $set: { erasingAt: new Date() } });
    const listed: unknown[] = [];
    for await (const { projectKey, eventRetentionDays } of server.projects.listAll()) {
      listed.push([projectKey, eventRetentionDays]);
    }
    expect(listed).toEqual([
      [keys[0], 7],
      [keys[1], undefined],
    ]);
    expect(await Promise.all(keys.map((key) => server.projects.exists(key)))).toEqual([true, true, false]);
  });

  it('should let anonymous callers read what they or the old server made, and change only what they made', async () => {
    const open = createProductServer(connection, { authMode: 'open' }).projects;
    const own = await open.create(anonymous(), 'Own');
    const foreign = await open.create(ann, 'Foreign');
    const old = { projectKey: 'abcdefabcdef', name: 'Old', createdAt: new Date(), isActive: true };
    await connection.collection('projects').insertOne({ ...old });
    expect(own.ownerId).toBe(ANONYMOUS_USER_ID);
    for (const caller of [anonymous(), undefined]) {
      const keys = (await open.list(caller, everything)).map(({ projectKey }) => projectKey);
      expect(new Set(keys)).toEqual(new Set([own.projectKey, old.projectKey]));
    }
    expect(await open.getReadable(anonymous(), old.projectKey)).toMatchObject({ name: 'Old' });
    await expect(open.getReadable(anonymous(), foreign.projectKey)).rejects.toThrow('not found');
    await open.update(anonymous(), own.projectKey, { name: 'Mine' });
    for (const { projectKey } of [foreign, old]) {
      await expect(open.update(anonymous(), projectKey, { name: 'x' })).rejects.toThrow(NotFoundError);
      await expect(open.delete(anonymous(), projectKey)).rejects.toThrow(NotFoundError);
    }
  });

  it('should delete softly, keep the time of the first deletion, and undo it', async () => {
    const { projectKey } = await server.projects.create(ann, 'One');
    await server.projects.delete(ann, projectKey);
    const { deletedAt } = (await connection.collection('projects').findOne({ projectKey })) as unknown as {
      deletedAt: Date;
    };
    await server.projects.delete(ann, projectKey);
    expect(await connection.collection('projects').findOne({ projectKey })).toMatchObject({
      deletedAt,
      isActive: false,
    });
    await expect(server.projects.getForIngest(projectKey)).rejects.toThrow('is not active');
    expect(await server.projects.list(ann, everything)).toMatchObject([{ isActive: false }]);
    expect(await server.projects.update(ann, projectKey, { isActive: true })).toMatchObject({ isActive: true });
    expect(await connection.collection('projects').findOne({ projectKey })).not.toHaveProperty('deletedAt');
    expect(await server.projects.getForIngest(projectKey)).toMatchObject({ projectKey });
  });

  it('should see a change by another replica within a second, for unknown keys too', async () => {
    const other = createProductServer(connection).projects;
    const { projectKey } = await server.projects.create(ann, 'One');
    await other.getForIngest(projectKey);
    await server.projects.update(ann, projectKey, { isActive: false });
    await new Promise((resolve) => setTimeout(resolve, 1010));
    await expect(other.getForIngest(projectKey)).rejects.toThrow('is not active');
  });

  it('should erase only what was deleted long enough ago, and take up an interrupted erasure', async () => {
    const [old, young, inactive] = [
      await server.projects.create(ann, 'Old'),
      await server.projects.create(ann, 'Young'),
      await server.projects.create(ann, 'Inactive'),
    ].map((project) => project.projectKey) as [string, string, string];
    await server.projects.delete(ann, old);
    await server.projects.delete(ann, young);
    await server.projects.update(ann, inactive, { isActive: false });
    await connection
      .collection('projects')
      .updateOne({ projectKey: old }, { $set: { deletedAt: new Date(Date.now() - 31 * DAY_MS) } });
    const limit = new Date(Date.now() - 30 * DAY_MS);
    expect(await server.projects.claimForErasure(limit, new Date())).toBe(old);
    // From now on it is gone for everyone, and cannot be brought back.
    await expect(server.projects.update(ann, old, { isActive: true })).rejects.toThrow(NotFoundError);
    await expect(server.projects.getForIngest(old)).rejects.toThrow('not found');
    expect(await server.projects.claimForErasure(limit, new Date())).toBe(old);
    await server.projects.deleteErased(old);
    expect(await server.projects.claimForErasure(limit, new Date())).toBeNull();
    expect(await server.projects.list(ann, everything)).toHaveLength(2);
  });

  it.each(['__proto__', 'a\u0000b', '\ud800', 'x'.repeat(100_000), '$where', ''])(
    'should not find the key %#',
    async (key) => {
      await expect(server.projects.getForIngest(key)).rejects.toThrow(ForbiddenError);
    },
  );
});
