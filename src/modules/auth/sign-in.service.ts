import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { emailKey } from './email.js';
import { AccountsService, type Registration } from './accounts.service.js';
import { LoginLimitsService } from './login-limits.service.js';
import { PasswordsService } from './passwords.service.js';
import { SessionsService, type TokenPair } from './sessions.service.js';
import type { UserRow } from './user-row.js';

export interface SignedIn {
  user: UserRow;
  tokens: TokenPair;
}

/** Register and login: an account or a password, then a session. */
@Injectable()
export class SignInService {
  constructor(
    private readonly accounts: AccountsService,
    private readonly passwords: PasswordsService,
    private readonly sessions: SessionsService,
    private readonly limits: LoginLimitsService,
  ) {}

  async register(caller: Principal | undefined, registration: Registration, address: string): Promise<SignedIn> {
    await this.limits.countRegistration(emailKey(registration.email), address);
    return this.begin(await this.accounts.register(caller, registration), address);
  }

  async login(email: string, password: string, address: string): Promise<SignedIn> {
    return this.begin(await this.passwords.signIn(email, password, address), address);
  }

  private async begin(user: UserRow, address: string): Promise<SignedIn> {
    return { user, tokens: await this.sessions.start(user, this.limits.addressHash(address)) };
  }
}
