import { Test, type TestingModule } from '@nestjs/testing';
import type { Principal } from '../../src/common/auth/principal.js';
import { LifecycleModule } from '../../src/common/lifecycle/lifecycle.module.js';
import { Clock } from '../../src/common/time/clock.js';
import type { AuthConfig } from '../../src/config/app.config.js';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { SqlConnector } from '../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../src/infra/sql/sql.module.js';
import { AccessTokensService } from '../../src/modules/auth/access-tokens.service.js';
import { AuthModule } from '../../src/modules/auth/auth.module.js';
import { SignInService, type SignedIn } from '../../src/modules/auth/sign-in.service.js';
import type { SqlTestDatabase } from './sql.js';
import { PATIENT } from './patience.js';

export const TEST_SECRET = 'kX9-4fQz!nB7_vLw2@tR6#pH8$cM1%dJ';
/** What a server that is not told them makes and keeps in its data folder. */
export const TEST_SECRETS = {
  JWT_SECRET: TEST_SECRET,
  ENCRYPTION_KEY: '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff',
};
export const TEST_PASSWORD = 'correct horse battery';

/** A clock that stands still until a test moves it. */
export class TestClock extends Clock {
  time = Date.parse('2025-11-20T10:00:00Z');

  override now(): number {
    return this.time;
  }

  advance(milliseconds: number): void {
    this.time += milliseconds;
  }
}

export interface AuthReplica {
  clock: TestClock;
  module: TestingModule;
  register(name: string, address?: string): Promise<SignedIn>;
  login(name: string, password?: string, address?: string): Promise<SignedIn>;
  /** Who an access token speaks for. */
  caller(accessToken: string): Promise<Principal | null>;
  close(): Promise<void>;
}

export const emailOf = (name: string): string => `${name}@example.com`;

/** The auth module of one process on a test database. Several on one database are several replicas. */
export async function startAuth(
  database: SqlTestDatabase,
  overrides: Partial<AuthConfig> = {},
  clock = new TestClock(),
): Promise<AuthReplica> {
  const { location, dialect } = database.config;
  const config = loadConfig({
    ...PATIENT,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
  });
  config.auth = { ...config.auth, ...overrides };
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), LifecycleModule, SqlModule, AuthModule],
  })
    .overrideProvider(Clock)
    .useValue(clock)
    .setLogger(false as never)
    .compile();
  module.useLogger(false);
  await module.init();
  await module.get(SqlConnector).ready;
  const signIn = module.get(SignInService);
  return {
    clock,
    module,
    register: (name, address = '192.0.2.1') =>
      signIn.register(undefined, { email: emailOf(name), name, password: TEST_PASSWORD }, address),
    login: (name, password = TEST_PASSWORD, address = '192.0.2.1') => signIn.login(emailOf(name), password, address),
    caller: (accessToken) => module.get(AccessTokensService).authenticate(accessToken),
    close: () => module.close(),
  };
}
