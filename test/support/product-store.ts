import { randomUUID } from 'node:crypto';
import { createConnection, type Connection } from 'mongoose';
import type { AuthConfig, HttpConfig, IngestConfig, MongoConfig } from '../../src/config/app.config.js';
import { mongoOptions } from '../../src/infra/mongo/mongo-options.js';
import { EventWritesService } from '../../src/modules/events/product/event-writes.service.js';
import {
  IDENTITY_LINK_MODEL,
  IdentityLinkSchema,
} from '../../src/modules/events/product/links/identity-link.schema.js';
import { IdentityLinksRepository } from '../../src/modules/events/product/links/identity-links.repository.js';
import { IdentityLinksService } from '../../src/modules/events/product/links/identity-links.service.js';
import { PRODUCT_EVENT_MODEL, ProductEventSchema } from '../../src/modules/events/product/product-event.schema.js';
import { ProductErasureService } from '../../src/modules/events/product/removal/product-erasure.service.js';
import { ProductEventsRepository } from '../../src/modules/events/product/product-events.repository.js';
import { ProductEventsService } from '../../src/modules/events/product/product-events.service.js';
import { EpochRecoveryService } from '../../src/modules/events/product/segments/epoch-recovery.service.js';
import {
  INGEST_EPOCH_MODEL,
  IngestEpochSchema,
} from '../../src/modules/events/product/segments/ingest-epoch.schema.js';
import { IngestEpochsRepository } from '../../src/modules/events/product/segments/ingest-epochs.repository.js';
import {
  IngestEpochsService,
  type EpochTimes,
} from '../../src/modules/events/product/segments/ingest-epochs.service.js';
import { ProductDataErasure } from '../../src/modules/events/product/segments/product-data-erasure.js';
import {
  PRODUCT_SEGMENT_MODEL,
  ProductSegmentSchema,
} from '../../src/modules/events/product/segments/product-segment.schema.js';
import { ProductSegmentsRepository } from '../../src/modules/events/product/segments/product-segments.repository.js';
import { ProductSegmentsService } from '../../src/modules/events/product/segments/product-segments.service.js';
import { SegmentRebuildService } from '../../src/modules/events/product/segments/segment-rebuild.service.js';
import { WriteCommands } from '../../src/infra/mongo/write-commands.js';
import { PROJECT_MODEL, ProjectSchema, type ProjectDocument } from '../../src/modules/projects/project.schema.js';
import { ProjectsRepository } from '../../src/modules/projects/projects.repository.js';
import { ProjectsService } from '../../src/modules/projects/projects.service.js';
import { PATIENT_MONGO } from './patience.js';

export interface ProductServerOptions {
  authMode?: AuthConfig['mode'];
  rateLimitEnabled?: boolean;
  ingest?: Partial<IngestConfig>;
  /** In place of real writes, to let some of them fail. */
  commands?: WriteCommands;
  epochTimes?: EpochTimes;
}

/** What one server process has in memory over the shared store; several of them are replicas. */
export interface ProductServer {
  projects: ProjectsService;
  events: ProductEventsService;
  erasure: ProductErasureService;
  identities: IdentityLinksService;
  segments: ProductSegmentsService;
  epochs: IngestEpochsService;
  recovery: EpochRecoveryService;
  /** Where rollups register to be told of erasures and repairs. */
  dependents: ProductDataErasure;
  commands: WriteCommands;
}

/** A database of its own with the indexes that the server declares. */
export async function openProductStore(uri: string): Promise<Connection> {
  const databaseName = `product-${randomUUID()}`;
  const options = mongoOptions({
    uri,
    embedded: process.env.TEST_MONGODB_URI === undefined,
    databaseName,
    ...PATIENT_MONGO,
  });
  const connection = await createConnection(uri, options as object).asPromise();
  connection.model(PROJECT_MODEL, ProjectSchema);
  connection.model(PRODUCT_EVENT_MODEL, ProductEventSchema);
  connection.model(IDENTITY_LINK_MODEL, IdentityLinkSchema);
  connection.model(INGEST_EPOCH_MODEL, IngestEpochSchema);
  connection.model(PRODUCT_SEGMENT_MODEL, ProductSegmentSchema);
  for (const model of Object.values(connection.models)) await model.createIndexes();
  return connection;
}

export function createProductServer(connection: Connection, options: ProductServerOptions = {}): ProductServer {
  const ingest = { projectEventsPerSecond: 5000, maxConcurrentBatches: 64, deletedProjectDays: 30, ...options.ingest };
  const projects = new ProjectsService(new ProjectsRepository(connection.model<ProjectDocument>(PROJECT_MODEL)), {
    mode: options.authMode ?? 'required',
  } as AuthConfig);
  const mongo = { embedded: process.env.TEST_MONGODB_URI === undefined } as MongoConfig;
  const commands = options.commands ?? new WriteCommands(connection, mongo);
  const repository = new ProductEventsRepository(commands);
  const links = new IdentityLinksRepository(commands);
  const identities = new IdentityLinksService(links, repository);
  const epochRows = new IngestEpochsRepository(commands);
  const segmentRows = new ProductSegmentsRepository(commands);
  const rebuilding = new SegmentRebuildService(epochRows, segmentRows, identities);
  const dependents = new ProductDataErasure();
  const epochs = new IngestEpochsService(epochRows, segmentRows, rebuilding, dependents, options.epochTimes);
  const segments = new ProductSegmentsService(epochs, epochRows, segmentRows, rebuilding);
  const recovery = new EpochRecoveryService(epochs, epochRows, rebuilding, mongo);
  const http = { rateLimitEnabled: options.rateLimitEnabled ?? false } as HttpConfig;
  const writes = new EventWritesService(repository, identities, epochs);
  const events = new ProductEventsService(projects, repository, identities, writes, ingest, http);
  const erasure = new ProductErasureService(repository, links, segments, dependents);
  return { projects, events, erasure, identities, segments, epochs, recovery, dependents, commands };
}
