import { setTimeout as sleep } from 'node:timers/promises';
import { hash as bcryptHash } from '@node-rs/bcrypt';
import { unzipSync } from 'fflate';
import { SignJWT } from 'jose';
import { DataSource } from 'typeorm';
import type { Principal } from '../../src/common/auth/principal.js';
import { AccountErasure } from '../../src/common/lifecycle/account-erasure.js';
import { AccountAccessService } from '../../src/modules/auth/account-access.service.js';
import { AccountArchiveService } from '../../src/modules/auth/account-archive.service.js';
import { AccountDeletionService } from '../../src/modules/auth/account-deletion.service.js';
import { AccountErasureJob } from '../../src/modules/auth/account-erasure.job.js';
import { AccountsService } from '../../src/modules/auth/accounts.service.js';
import { ApiKeysService } from '../../src/modules/auth/api-keys.service.js';
import { importOldUsers } from '../../src/modules/auth/import-old-users.js';
import { SessionsService } from '../../src/modules/auth/sessions.service.js';
import { SignInService } from '../../src/modules/auth/sign-in.service.js';
import { UsersRepository } from '../../src/modules/auth/users.repository.js';
import { emailOf, startAuth, TEST_PASSWORD, TEST_SECRET, type AuthReplica } from '../support/auth.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const ADDRESS = '192.0.2.1';

describe.each(await sqlTestTargets())('accounts on $dialect', (target) => {
  let database: SqlTestDatabase;
  let auth: AuthReplica;
  beforeEach(async () => {
    database = await target.create();
    auth = await startAuth(database);
  });
  afterEach(async () => {
    await auth.close();
    await database.drop();
  });

  const callerOf = async (signedIn: { tokens: { accessToken: string } }): Promise<Principal> =>
    (await auth.caller(signedIn.tokens.accessToken))!;
  const mintElsewhere = (userId: string) =>
    new SignJWT({ userId, email: 'old@example.com' })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuedAt(Math.floor(auth.clock.now() / 1000))
      .setExpirationTime(Math.floor(auth.clock.now() / 1000) + 600)
      .sign(new TextEncoder().encode(TEST_SECRET));

  describe('register', () => {
    it('should make exactly one of many first users the administrator', async () => {
      const replica = await startAuth(database);
      const signedIn = await Promise.all(
        Array.from({ length: 8 }, (_, i) => (i % 2 ? auth : replica).register(`first${i}`)),
      );
      expect(signedIn.filter(({ user }) => user.role === 'admin')).toHaveLength(1);
      await replica.close();
    });

    it('should give an e-mail to exactly one of many', async () => {
      const outcomes = await Promise.allSettled(Array.from({ length: 6 }, () => auth.register('same')));
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      expect((await auth.login('same')).user.role).toBe('admin');
    });

    it('should let the first user in when registration is closed, and then only by an administrator', async () => {
      const closed = await startAuth(database, { registration: 'closed' });
      const outcomes = await Promise.allSettled([closed.register('one'), closed.register('two')]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await expect(closed.register('three')).rejects.toThrow('Registration is closed');
      const winner = outcomes.find((outcome) => outcome.status === 'fulfilled')!;
      const admin = await callerOf(winner.status === 'fulfilled' ? winner.value : ({} as never));
      const request = { email: emailOf('three'), name: 'Three', password: TEST_PASSWORD };
      const added = await closed.module.get(SignInService).register(admin, request, ADDRESS);
      expect(added.user.role).toBe('user');
      const plain = await callerOf(added);
      await expect(
        closed.module.get(SignInService).register(plain, { ...request, email: emailOf('four') }, ADDRESS),
      ).rejects.toThrow('Registration is closed');
      await closed.close();
    });

    it('A10 should store Argon2id and keep spaces and every script', async () => {
      const password = '  pässwörd 密码 🔑  ';
      const request = { email: emailOf('unicode'), name: 'U', password };
      await auth.module.get(SignInService).register(undefined, request, ADDRESS);
      await expect(auth.login('unicode', password)).resolves.toBeDefined();
      await expect(auth.login('unicode', password.trim())).rejects.toThrow('Invalid credentials');
      const rows: { password_hash: string }[] = await auth.module
        .get(DataSource)
        .query('SELECT password_hash FROM users');
      expect(rows[0]!.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    });
  });

  describe('profile', () => {
    it('should merge settings key by key and answer an unchanged profile', async () => {
      const caller = await callerOf(await auth.register('ann'));
      const accounts = auth.module.get(AccountsService);
      await accounts.updateProfile(caller, { settings: { timezone: 'Europe/Berlin', sync_interval: 5 } });
      const user = await accounts.updateProfile(caller, { name: ' Ann ', settings: { sync_interval: 10 } });
      expect(user).toMatchObject({ name: 'Ann', settings: { timezone: 'Europe/Berlin', sync_interval: 10 } });
      expect((await accounts.updateProfile(caller, {})).name).toBe('Ann');
      expect((await accounts.get(caller)).settings).toEqual({ timezone: 'Europe/Berlin', sync_interval: 10 });
      expect((await accounts.updateProfile(caller, { settings: { timezone: null } })).settings).toEqual({
        sync_interval: 10,
      });
    });

    it('should not lose one of two changes made at the same moment', async () => {
      const caller = await callerOf(await auth.register('ann'));
      const accounts = auth.module.get(AccountsService);
      await Promise.all([
        accounts.updateProfile(caller, { settings: { timezone: 'Asia/Kolkata' } }),
        accounts.updateProfile(caller, { settings: { week_start: 'sunday' } }),
      ]);
      expect((await accounts.get(caller)).settings).toEqual({ timezone: 'Asia/Kolkata', week_start: 'sunday' });
    });
  });

  describe('administrators', () => {
    it('should never lose the last one, even to two changes at once', async () => {
      const first = await callerOf(await auth.register('first'));
      const second = (await auth.register('second')).user;
      const access = auth.module.get(AccountAccessService);
      await expect(access.change(first, first.userId, { role: 'user' })).rejects.toThrow('last administrator');
      await expect(access.change(first, first.userId, { disabled: true })).rejects.toThrow('last administrator');
      await access.change(first, second.id, { role: 'admin', grants: ['whoop'] });
      const outcomes = await Promise.allSettled([
        access.change(first, first.userId, { role: 'user' }),
        access.change(first, second.id, { role: 'user' }),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      await expect(access.change(first, 'nobody', { role: 'user' })).rejects.toThrow('User not found');
    });

    it('should show a new grant to the tokens in use', async () => {
      const admin = await callerOf(await auth.register('first'));
      const signedIn = await auth.register('second');
      expect((await callerOf(signedIn)).grants).toEqual([]);
      await auth.module.get(AccountAccessService).change(admin, signedIn.user.id, { grants: ['github'] });
      expect((await callerOf(signedIn)).grants).toEqual(['github']);
    });
  });

  describe('API keys', () => {
    it('A12 should act for their maker until deleted or expired, and be stored as a hash', async () => {
      const caller = await callerOf(await auth.register('ann'));
      const keys = auth.module.get(ApiKeysService);
      const expiresAt = auth.clock.now() + 60_000;
      const made = await keys.create(caller, { name: 'k', scopes: ['read', 'read'], expiresAt });
      expect(made.key).toMatch(/^alm_[0-9a-f]{16}_[\w-]{43}$/);
      expect(await keys.authenticate(made.key)).toMatchObject({
        kind: 'apiKey',
        userId: caller.userId,
        scopes: ['read'],
      });
      expect(await keys.authenticate(`${made.key.slice(0, -1)}${made.key.endsWith('A') ? 'B' : 'A'}`)).toBeNull();
      expect(JSON.stringify(await auth.module.get(DataSource).query('SELECT * FROM api_keys'))).not.toContain(
        made.key.slice(21),
      );
      // Written beside the answer, not before it.
      for (const end = Date.now() + 20_000; Date.now() < end; await sleep(20)) {
        if ((await keys.list(caller))[0]!.lastUsedAt !== null) break;
      }
      expect((await keys.list(caller))[0]!.lastUsedAt).toBe(auth.clock.now());
      auth.clock.advance(60_000);
      expect(await keys.authenticate(made.key)).toBeNull();
    });

    it('A12 should be refused after deletion: here at once, in another replica within 5 s', async () => {
      const replica = await startAuth(database);
      const caller = await callerOf(await auth.register('ann'));
      const keys = auth.module.get(ApiKeysService);
      const there = replica.module.get(ApiKeysService);
      const { id, key } = await keys.create(caller, { name: 'k', scopes: ['admin'], expiresAt: null });
      expect(await there.authenticate(key)).not.toBeNull();
      await keys.delete(caller, id);
      expect(await keys.authenticate(key)).toBeNull();
      await sleep(2500);
      expect(await there.authenticate(key)).toBeNull();
      await expect(keys.delete(caller, id)).rejects.toThrow('API key not found');
      await replica.close();
    });

    it('should be managed by sessions of this server only, each user their own', async () => {
      const ann = await callerOf(await auth.register('ann'));
      const bob = await callerOf(await auth.register('bob'));
      const keys = auth.module.get(ApiKeysService);
      const { id, key } = await keys.create(ann, { name: 'k', scopes: ['admin'], expiresAt: null });
      await expect(keys.delete(bob, id)).rejects.toThrow('API key not found');
      const byKey = (await keys.authenticate(key))!;
      const byForeignToken = (await auth.caller(await mintElsewhere(ann.userId)))!;
      for (const caller of [byKey, byForeignToken]) {
        await expect(keys.create(caller, { name: 'x', scopes: ['admin'], expiresAt: null })).rejects.toThrow('Sign in');
      }
    });
  });

  describe('tokens minted elsewhere', () => {
    it('should be plain users, known here or not', async () => {
      const { user } = await auth.register('ann');
      expect(await auth.caller(await mintElsewhere(user.id))).toMatchObject({
        userId: user.id,
        role: 'user',
        grants: [],
      });
      expect(await auth.caller(await mintElsewhere('someone'))).toMatchObject({ userId: 'someone', role: 'user' });
      expect(await auth.caller(await mintElsewhere('anonymous'))).toBeNull();
    });

    it('should be refused for a disabled user and after logout', async () => {
      const admin = await callerOf(await auth.register('admin'));
      const { user } = await auth.register('ann');
      const token = await mintElsewhere(user.id);
      await auth.module.get(SessionsService).end((await auth.caller(token))!);
      expect(await auth.caller(token)).toBeNull();
      auth.clock.advance(1000);
      const another = await mintElsewhere(user.id);
      expect(await auth.caller(another)).not.toBeNull();
      await auth.module.get(AccountAccessService).change(admin, user.id, { disabled: true });
      expect(await auth.caller(another)).toBeNull();
    });
  });

  describe('deletion', () => {
    it('L1 should close the account at once, erase it in every module, and free its e-mail', async () => {
      await auth.register('admin');
      const signedIn = await auth.register('ann');
      const caller = await callerOf(signedIn);
      const { key } = await auth.module
        .get(ApiKeysService)
        .create(caller, { name: 'k', scopes: ['read'], expiresAt: null });
      const foreign = await mintElsewhere(caller.userId);
      const erased: string[] = [];
      let broken = true;
      auth.module.get(AccountErasure).register('elsewhere', (userId) => {
        if (broken) return Promise.reject(new Error('store down'));
        erased.push(userId);
        return Promise.resolve();
      });
      const deletion = auth.module.get(AccountDeletionService);
      await expect(deletion.close(caller, 'wrong password', ADDRESS)).rejects.toThrow('not right');
      await deletion.close(caller, TEST_PASSWORD, ADDRESS);
      expect(await auth.caller(signedIn.tokens.accessToken)).toBeNull();
      expect(await auth.caller(foreign)).toBeNull();
      expect(await auth.module.get(ApiKeysService).authenticate(key)).toBeNull();
      await expect(auth.login('ann')).rejects.toThrow('Invalid credentials');
      expect((await auth.register('ann')).user.id).not.toBe(caller.userId);
      await auth.module.get(AccountErasureJob).beforeApplicationShutdown();

      // The first try failed; another process takes the promise up.
      const restarted = await startAuth(database, {}, auth.clock);
      restarted.module.get(AccountErasure).register('elsewhere', (userId) => {
        erased.push(userId);
        return Promise.resolve();
      });
      broken = false;
      await restarted.module.get(AccountErasureJob).run();
      expect(erased).toEqual([caller.userId]);
      expect(await restarted.caller(signedIn.tokens.accessToken)).toBeNull();
      expect(await restarted.caller(foreign)).toBeNull();
      const dataSource = restarted.module.get(DataSource);
      for (const { tableName } of dataSource.entityMetadatas) {
        expect(JSON.stringify(await dataSource.query(`SELECT * FROM ${tableName}`))).not.toContain(caller.userId);
      }
      await restarted.module.get(AccountErasureJob).run();
      expect(erased).toHaveLength(1);
      await restarted.close();
    });

    it('should keep an administrator for the others, and start anew when the last person leaves', async () => {
      const admin = await auth.register('admin');
      const ann = await auth.register('ann');
      const deletion = auth.module.get(AccountDeletionService);
      await expect(deletion.close(await callerOf(admin), TEST_PASSWORD, ADDRESS)).rejects.toThrow('last administrator');
      await deletion.close(await callerOf(ann), TEST_PASSWORD, ADDRESS);
      await deletion.close(await callerOf(admin), TEST_PASSWORD, ADDRESS);
      expect((await auth.register('new')).user.role).toBe('admin');
    });
  });

  it('L2 should export the account as an archive without secrets', async () => {
    const signedIn = await auth.register('ann');
    const caller = await callerOf(signedIn);
    await auth.module.get(ApiKeysService).create(caller, { name: 'my key', scopes: ['read'], expiresAt: null });
    const pieces: Uint8Array[] = [];
    for await (const piece of await auth.module.get(AccountArchiveService).create(caller))
      pieces.push(piece as Uint8Array);
    const files = unzipSync(Buffer.concat(pieces));
    expect(Object.keys(files).sort()).toEqual(['account.ndjson', 'api-keys.ndjson', 'sessions.ndjson']);
    const text = Object.values(files)
      .map((file) => Buffer.from(file).toString())
      .join('');
    expect(text).toContain(emailOf('ann'));
    expect(text).toContain('my key');
    expect(text).not.toMatch(/argon2|secretHash|currentHash/);
  });

  it('should import old users once, keep their ids, and re-hash bcrypt at the first login', async () => {
    const password = 'old password';
    const documents = [
      {
        _id: '65a1b2c3d4e5f60718293a4b',
        email: 'Old@Example.com',
        name: 'Old',
        password_hash: await bcryptHash(password, 4),
        created_at: new Date('2024-01-01T00:00:00Z'),
        settings: { sync_interval: 5, unknown: 1 },
      },
      { _id: '65a1b2c3d4e5f60718293a4c', email: 'google@example.com', name: 'G', oauth_provider: 'google' },
      { _id: '65a1b2c3d4e5f60718293a4d', email: 'no e-mail', name: 'X', password_hash: 'x' },
      {
        _id: '65a1b2c3d4e5f60718293a4e',
        email: 'bytes@example.com',
        name: 'B',
        password: Buffer.from((await bcryptHash(password, 4)).replace('$2b$', '$2y$')),
      },
    ];
    const users = auth.module.get(UsersRepository);
    const stream = async function* () {
      yield* documents;
    };
    expect(await importOldUsers(stream(), users, { now: 1 })).toMatchObject({
      imported: 3,
      present: 0,
      refused: [{ reason: 'no valid e-mail' }],
    });
    expect(await importOldUsers(stream(), users, { now: 1 })).toMatchObject({ imported: 0, present: 3 });
    const { user } = await auth.login('old', password);
    expect(user).toMatchObject({
      id: documents[0]!._id,
      email: 'Old@Example.com',
      role: 'user',
      settings: { sync_interval: 5 },
      createdAt: Date.parse('2024-01-01'),
    });
    expect((await users.findById(user.id))!.passwordHash).toMatch(/^\$argon2id\$/);
    await expect(auth.login('old', password)).resolves.toBeDefined();
    await expect(auth.login('bytes', password)).resolves.toBeDefined();
    await expect(auth.login('google', password)).rejects.toThrow('Invalid credentials');
    // Importing is not registering: the first who registers is the administrator.
    expect((await auth.register('first')).user.role).toBe('admin');
  });
});
