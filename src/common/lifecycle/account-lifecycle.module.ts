import { Global, Module } from '@nestjs/common';
import { Clock } from '../time/clock.js';
import { AccountErasure } from './account-erasure.js';
import { AccountExport } from './account-export.js';

/** The clock and the registries by which modules take part in the deletion and export of accounts. */
@Global()
@Module({ providers: [Clock, AccountErasure, AccountExport], exports: [Clock, AccountErasure, AccountExport] })
export class AccountLifecycleModule {}
