import { decodeJwt } from 'jose';
import { AccessTokensService } from '../../src/modules/auth/access-tokens.service.js';
import { AccountAccessService } from '../../src/modules/auth/account-access.service.js';
import { PasswordsService } from '../../src/modules/auth/passwords.service.js';
import { SessionsService } from '../../src/modules/auth/sessions.service.js';
import { DataSource } from 'typeorm';
import { emailOf, startAuth, TEST_PASSWORD, type AuthReplica } from '../support/auth.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

describe.each(await sqlTestTargets())('sessions on $dialect', (target) => {
  let database: SqlTestDatabase;
  let auth: AuthReplica;
  let replica: AuthReplica;
  let sessions: SessionsService;
  let serial = 0;
  const fresh = () => auth.register(`user${++serial}`);

  beforeAll(async () => {
    database = await target.create();
    auth = await startAuth(database);
    replica = await startAuth(database, {}, auth.clock);
    sessions = auth.module.get(SessionsService);
    await auth.register('admin');
  });
  afterAll(async () => {
    await auth.close();
    await replica.close();
    await database.drop();
  });

  it('A5 should rotate at each refresh', async () => {
    const { user, tokens } = await fresh();
    const second = await sessions.refresh(tokens.refreshToken);
    const third = await sessions.refresh(second.refreshToken);
    expect(new Set([tokens.refreshToken, second.refreshToken, third.refreshToken]).size).toBe(3);
    expect(third.expiresIn).toBe(3600);
    expect(await auth.caller(third.accessToken)).toMatchObject({ userId: user.id, kind: 'session' });
  });

  it('A5 should answer the immediately previous token with the same child for 10 s', async () => {
    const { tokens } = await fresh();
    const child = await sessions.refresh(tokens.refreshToken);
    auth.clock.advance(9000);
    const again = await replica.module.get(SessionsService).refresh(tokens.refreshToken);
    expect(again.refreshToken).toBe(child.refreshToken);
    expect(again.accessToken).not.toBe(child.accessToken);
    await expect(sessions.refresh(child.refreshToken)).resolves.toBeDefined();
  });

  it('A5 should end the family when the previous token comes after 10 s', async () => {
    const { tokens } = await fresh();
    const child = await sessions.refresh(tokens.refreshToken);
    auth.clock.advance(11_000);
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toThrow('Invalid refresh token');
    await expect(sessions.refresh(child.refreshToken)).rejects.toThrow('Invalid refresh token');
    expect(await auth.caller(child.accessToken)).toBeNull();
  });

  it('A5 should end the family when an older token comes, however soon', async () => {
    const { tokens } = await fresh();
    const second = await sessions.refresh(tokens.refreshToken);
    const third = await sessions.refresh(second.refreshToken);
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toThrow('Invalid refresh token');
    await expect(sessions.refresh(third.refreshToken)).rejects.toThrow('Invalid refresh token');
  });

  it('A6 should give 20 parallel refreshes of one token the same refresh token', async () => {
    const { tokens } = await fresh();
    const both = [sessions, replica.module.get(SessionsService)];
    const answers = await Promise.all(Array.from({ length: 20 }, (_, i) => both[i % 2]!.refresh(tokens.refreshToken)));
    expect(new Set(answers.map((answer) => answer.refreshToken)).size).toBe(1);
    await expect(sessions.refresh(answers[0]!.refreshToken)).resolves.toBeDefined();
  });

  it('should refuse an expired family and tokens that are none', async () => {
    const { tokens } = await fresh();
    for (const bad of [null, '', 'x', tokens.accessToken, `alr_${'0'.repeat(32)}.${'x'.repeat(43)}`]) {
      await expect(sessions.refresh(bad)).rejects.toThrow('Invalid refresh token');
    }
    auth.clock.advance(2_592_000_000);
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toThrow('Invalid refresh token');
  });

  it('should store no token in clear text', async () => {
    const { tokens } = await fresh();
    const child = await sessions.refresh(tokens.refreshToken);
    const rows = JSON.stringify(await auth.module.get(DataSource).query('SELECT * FROM sessions'));
    for (const token of [tokens.refreshToken, child.refreshToken]) {
      expect(rows).not.toContain(token.split('.')[1]);
    }
  });

  it('should carry the claims of the contract', async () => {
    const { user, tokens } = await fresh();
    const claims = decodeJwt(tokens.accessToken);
    expect(claims).toMatchObject({ sub: user.id, userId: user.id, email: user.email, role: 'user', type: 'access' });
    expect(claims.exp! - claims.iat!).toBe(3600);
    expect(typeof claims.jti).toBe('string');
  });

  it('A7 should refuse both tokens after logout, in other replicas within seconds', async () => {
    const { tokens } = await fresh();
    expect(await replica.caller(tokens.accessToken)).not.toBeNull();
    await sessions.end((await auth.caller(tokens.accessToken))!);
    expect(await auth.caller(tokens.accessToken)).toBeNull();
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toThrow('Invalid refresh token');
    auth.clock.advance(5001);
    expect(await replica.caller(tokens.accessToken)).toBeNull();
  });

  it('A7 should refuse all tokens after a change of password', async () => {
    const { user, tokens } = await fresh();
    const other = await auth.login(user.name);
    const caller = (await auth.caller(tokens.accessToken))!;
    await auth.module.get(PasswordsService).change(caller, TEST_PASSWORD, 'another long phrase', '192.0.2.1');
    for (const { accessToken, refreshToken } of [tokens, other.tokens]) {
      expect(await auth.caller(accessToken)).toBeNull();
      await expect(sessions.refresh(refreshToken)).rejects.toThrow('Invalid refresh token');
    }
    await expect(auth.login(user.name)).rejects.toThrow('Invalid credentials');
    const again = await auth.login(user.name, 'another long phrase');
    expect(await auth.caller(again.tokens.accessToken)).not.toBeNull();
  });

  it('A7 should refuse all tokens of a disabled user', async () => {
    const { user, tokens } = await fresh();
    const admin = (await auth.caller((await auth.login('admin')).tokens.accessToken))!;
    const access = auth.module.get(AccountAccessService);
    await access.change(admin, user.id, { disabled: true });
    expect(await auth.caller(tokens.accessToken)).toBeNull();
    await expect(sessions.refresh(tokens.refreshToken)).rejects.toThrow('Invalid refresh token');
    await expect(auth.login(user.name)).rejects.toThrow('Invalid credentials');
    await access.change(admin, user.id, { disabled: false });
    expect(await auth.caller((await auth.login(user.name)).tokens.accessToken)).not.toBeNull();
    expect(await auth.caller(tokens.accessToken)).toBeNull();
  });

  it('A4 should accept tokens of the former secret, sign with the new one, and keep sessions alive', async () => {
    const { tokens } = await fresh();
    const child = await sessions.refresh(tokens.refreshToken);
    const rotated = await startAuth(
      database,
      {
        jwtSecret: 'pW3!zX8@qL5#vN1$kT7%hB4^rD9&fC2*',
        jwtSecretPrevious: auth.module.get(AccessTokensService)['config'].jwtSecret,
      },
      auth.clock,
    );
    try {
      expect(await rotated.caller(child.accessToken)).not.toBeNull();
      // The child was made under the former secret and is still found.
      const again = await rotated.module.get(SessionsService).refresh(tokens.refreshToken);
      expect(again.refreshToken).toBe(child.refreshToken);
      expect(await auth.caller(again.accessToken)).toBeNull();
    } finally {
      await rotated.close();
    }
  });

  it('should find an account whatever the case of its e-mail', async () => {
    const { user } = await fresh();
    const upper = emailOf(user.name).toUpperCase();
    const found = await auth.module.get(PasswordsService).signIn(upper, TEST_PASSWORD, '192.0.2.1');
    expect(found.id).toBe(user.id);
    await expect(auth.register(user.name.toUpperCase())).rejects.toThrow('already exists');
  });
});
