import { Global, Module } from '@nestjs/common';
import { Administrators } from '../auth/administrators.js';
import { Clock } from '../time/clock.js';
import { AccountErasure } from './account-erasure.js';
import { AccountExport } from './account-export.js';

const PROVIDERS = [Clock, AccountErasure, AccountExport, Administrators];

/** The clock, the registries by which modules take part in the deletion and export of accounts, and who administers. */
@Global()
@Module({ providers: PROVIDERS, exports: PROVIDERS })
export class AccountLifecycleModule {}
