import { Inject, Injectable } from '@nestjs/common';
import { UnavailableError, type ErrorDetail } from '../../common/errors/domain.error.js';
import { WireError } from '../../common/errors/wire.error.js';
import { ServerState } from '../../common/lifecycle/server-state.js';
import { AUTH_CONFIG, MONGO_CONFIG, type AuthConfig, type MongoConfig } from '../../config/app.config.js';
import { MongoConnector } from '../../infra/mongo/mongo-connector.js';
import { ConnectionTestRepository } from './connection-test.repository.js';
import type { DatabaseHealthDto, ReadinessDto, TestInsertDto } from './health.dto.js';
import { ReplicaSharing } from './replica-sharing.js';
import { StoreChecks } from './store-checks.js';

class NotReadyError extends UnavailableError {
  override readonly details: ErrorDetail[];

  constructor(message: string, details: ErrorDetail[]) {
    super(message, 1, 'NOT_READY');
    this.details = details;
  }
}

@Injectable()
export class HealthService {
  constructor(
    private readonly state: ServerState,
    private readonly stores: StoreChecks,
    private readonly sharing: ReplicaSharing,
    private readonly mongo: MongoConnector,
    private readonly tests: ConnectionTestRepository,
    @Inject(AUTH_CONFIG) private readonly auth: AuthConfig,
    @Inject(MONGO_CONFIG) private readonly mongoConfig: MongoConfig,
  ) {}

  /** @throws UnavailableError while stores are being connected and migrated for the first time. */
  checkStarted(): { status: string } {
    if (this.state.current === 'starting') throw new UnavailableError('Almanac is starting', 1, 'STARTING');
    return { status: 'ok' };
  }

  /** @throws NotReadyError that names the stores which are down, while starting, and while draining. */
  async checkReady(): Promise<ReadinessDto> {
    if (this.state.current !== 'running') {
      throw new NotReadyError(`Not ready: ${this.state.current}`, [{ path: 'server', message: this.state.current }]);
    }
    const checks = await this.stores.run();
    const down = Object.entries(checks).filter(([, status]) => status !== 'up');
    if (down.length > 0) {
      const names = down.map(([name]) => name).join(', ');
      throw new NotReadyError(
        `Not ready: ${names} down`,
        down.map(([path, message]) => ({ path, message })),
      );
    }
    return {
      status: 'ok',
      checks,
      authMode: this.auth.mode,
      mongoEngine: this.mongoConfig.embedded ? 'embedded' : 'external',
      shared: this.sharing.describe(),
    };
  }

  /** The old product server's probe, with its own body for failures. */
  async checkDatabase(): Promise<DatabaseHealthDto> {
    try {
      await this.mongo.ping();
    } catch {
      throw new WireError(500, { mongo: 'error', message: 'MongoDB does not answer' }, 'MongoDB does not answer');
    }
    return { mongo: 'ok', db: this.mongo.databaseName };
  }

  async testInsert(): Promise<TestInsertDto> {
    const { collection, id } = await this.tests.record(new Date());
    return { inserted: true, collection, id };
  }
}
