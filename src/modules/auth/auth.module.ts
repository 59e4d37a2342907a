import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../common/lifecycle/account-lifecycle.module.js';
import { LeaseModule } from '../../infra/lease/lease.module.js';
import { AccessTokenStrategy } from './access-token.strategy.js';
import { AccessTokensService } from './access-tokens.service.js';
import { AccountAccessRepository } from './account-access.repository.js';
import { AccountAccessService } from './account-access.service.js';
import { AccountArchiveService } from './account-archive.service.js';
import { AccountController } from './account.controller.js';
import { AccountDeletionService } from './account-deletion.service.js';
import { AccountErasureEntity, ErasedAccountEntity } from './account-erasure.entity.js';
import { AccountErasureJob } from './account-erasure.job.js';
import { AccountErasuresRepository } from './account-erasures.repository.js';
import { AccountsCache } from './accounts-cache.js';
import { AccountsService } from './accounts.service.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { ApiKeyStrategy } from './api-key.strategy.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { AuthCleanupJob } from './auth-cleanup.job.js';
import { AuthController } from './auth.controller.js';
import { AuthenticationGuard } from './authentication.guard.js';
import { DeniedTokenEntity } from './denied-token.entity.js';
import { DeniedTokensRepository } from './denied-tokens.repository.js';
import { InstanceClaimEntity } from './instance-claim.entity.js';
import { LoginAttemptEntity } from './login-attempt.entity.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { LoginLimitsService } from './login-limits.service.js';
import { PasswordHasher } from './password-hasher.js';
import { PasswordsService } from './passwords.service.js';
import { SessionEntity } from './session.entity.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInService } from './sign-in.service.js';
import { TokenDenyList } from './token-deny-list.js';
import { UserEntity } from './user.entity.js';
import { UsersRepository } from './users.repository.js';

export const AUTH_ENTITIES = [
  UserEntity,
  InstanceClaimEntity,
  SessionEntity,
  ApiKeyEntity,
  DeniedTokenEntity,
  LoginAttemptEntity,
  AccountErasureEntity,
  ErasedAccountEntity,
];

const REPOSITORIES = [
  UsersRepository,
  AccountAccessRepository,
  AccountErasuresRepository,
  SessionsRepository,
  ApiKeysRepository,
  DeniedTokensRepository,
  LoginAttemptsRepository,
];

/** Accounts, credentials, and the guard that stands before every route. */
@Module({
  imports: [AccountLifecycleModule, LeaseModule, TypeOrmModule.forFeature(AUTH_ENTITIES)],
  controllers: [AuthController, AccountController, ApiKeysController],
  providers: [
    ...REPOSITORIES,
    PasswordHasher,
    AccountsCache,
    TokenDenyList,
    LoginLimitsService,
    AccountsService,
    AccountAccessService,
    PasswordsService,
    SessionsService,
    SignInService,
    AccessTokensService,
    ApiKeysService,
    AccountErasureJob,
    AccountDeletionService,
    AccountArchiveService,
    AuthCleanupJob,
    AccessTokenStrategy,
    ApiKeyStrategy,
    AuthenticationGuard,
  ],
  exports: [AccountAccessService, AccountsService, AuthenticationGuard, SignInService],
})
export class AuthModule {}
