import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { WEBHOOKS_CONFIG, type WebhooksConfig } from '../../config/app.config.js';
import { SecretBox } from '../../infra/crypto/secret-box.js';
import { newWebhookSecret } from './signature.js';
import { WebhookDeliveriesRepository } from './webhook-deliveries.repository.js';
import { WebhookEndpointsRepository } from './webhook-endpoints.repository.js';
import type { WebhookEventType } from './webhook-event.js';
import type { EndpointRow } from './webhook-rows.js';
import { checkedWebhookUrl } from './webhook-url.js';
import { TooManyWebhooksError, WebhookExistsError, WebhookNotFoundError } from './webhooks.errors.js';

const TABLE = 'webhook_endpoints';
const MAX_REGISTERED = 20;
/** Addresses that requests brought along; beyond it the one that was not used for longest makes room. */
const MAX_FROM_REQUESTS = 100;
/** For so long both secrets sign after a rotation. */
const ROTATION_MS = 86_400_000;

export interface EndpointRequest {
  url: string;
  description?: string;
  eventTypes?: WebhookEventType[];
}

export interface EndpointChanges {
  description?: string;
  eventTypes?: WebhookEventType[];
  enabled?: boolean;
}

/** An endpoint and its secret, which is shown this once. */
export interface EndpointWithSecret {
  endpoint: EndpointRow;
  secret: string;
}

/** Where users want messages to be sent, and the secrets that sign them. */
@Injectable()
export class WebhookEndpointsService {
  constructor(
    private readonly endpoints: WebhookEndpointsRepository,
    private readonly deliveries: WebhookDeliveriesRepository,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    @Inject(WEBHOOKS_CONFIG) private readonly config: WebhooksConfig,
  ) {}

  /** @throws WebhookUrlError, WebhookExistsError, TooManyWebhooksError, EncryptionKeyMissingError */
  async create(userId: string, request: EndpointRequest): Promise<EndpointWithSecret> {
    const url = checkedWebhookUrl(request.url, this.config);
    const settings = { description: request.description ?? '', eventTypes: request.eventTypes ?? [] };
    const known = await this.endpoints.findByUrl(userId, url);
    if (known !== null) return this.register(known, settings);
    const registered = (await this.endpoints.list(userId)).filter(({ fromRequest }) => !fromRequest);
    if (registered.length >= MAX_REGISTERED) throw new TooManyWebhooksError(MAX_REGISTERED);
    const made = this.newEndpoint(userId, url, { ...settings, fromRequest: false });
    if (!(await this.endpoints.create(made.endpoint))) throw new WebhookExistsError();
    return made;
  }

  /** @throws WebhookUrlError */
  assertUrl(text: string, field?: string): void {
    checkedWebhookUrl(text, this.config, field);
  }

  /** The endpoint of the user with this address, made if there is none. `secret` only for one that was made now. */
  async forUrl(userId: string, text: string, field?: string): Promise<{ endpoint: EndpointRow; secret?: string }> {
    const url = checkedWebhookUrl(text, this.config, field);
    const known = await this.endpoints.findByUrl(userId, url);
    if (known !== null) return { endpoint: known };
    const made = this.newEndpoint(userId, url, { description: '', eventTypes: [], fromRequest: true });
    if (!(await this.endpoints.create(made.endpoint))) return this.forUrl(userId, text, field);
    await this.makeRoom(userId);
    return made;
  }

  async list(userId: string): Promise<EndpointRow[]> {
    return this.endpoints.list(userId);
  }

  /** @throws WebhookNotFoundError */
  async get(userId: string, id: string): Promise<EndpointRow> {
    const endpoint = await this.endpoints.find(userId, id);
    if (endpoint === null) throw new WebhookNotFoundError();
    return endpoint;
  }

  /** An endpoint that is enabled again begins with a clean record. @throws WebhookNotFoundError */
  async update(userId: string, id: string, { enabled, ...settings }: EndpointChanges): Promise<EndpointRow> {
    const { disabledAt } = await this.get(userId, id);
    const changes: Parameters<WebhookEndpointsRepository['update']>[2] = { ...settings };
    if (enabled === true)
      Object.assign(changes, {
        disabledAt: null,
        disabledReason: null,
        failingSince: null,
        slowUntil: null,
        slowMs: 0,
      });
    if (enabled === false && disabledAt === null)
      Object.assign(changes, { disabledAt: this.clock.now(), disabledReason: 'user' });
    if (Object.keys(changes).length > 0) await this.endpoints.update(userId, id, changes);
    return this.get(userId, id);
  }

  /** A new secret; the former one signs too for a day, so that receivers can follow. @throws WebhookNotFoundError */
  async rotateSecret(userId: string, id: string): Promise<EndpointWithSecret> {
    const endpoint = await this.get(userId, id);
    const secret = newWebhookSecret();
    await this.endpoints.update(userId, id, this.rotation(endpoint, secret));
    return { endpoint: await this.get(userId, id), secret };
  }

  /** Its deliveries go with it. @throws WebhookNotFoundError */
  async delete(userId: string, id: string): Promise<void> {
    if (!(await this.endpoints.delete(userId, id))) throw new WebhookNotFoundError();
    await this.deliveries.deleteOfEndpoint(id);
  }

  /** The secrets that sign now, the present one first. */
  secretsOf(endpoint: EndpointRow): string[] {
    const secrets = [this.box.open(endpoint.secret, placeOf(endpoint.id, 'secret'))];
    const { previousSecret, previousUntil } = endpoint;
    if (previousSecret !== null && (previousUntil ?? 0) > this.clock.now())
      secrets.push(this.box.open(previousSecret, placeOf(endpoint.id, 'previous_secret')));
    return secrets;
  }

  /** What a request brought along becomes an endpoint like others, and its secret is shown. */
  private async register(
    known: EndpointRow,
    settings: Pick<EndpointRow, 'description' | 'eventTypes'>,
  ): Promise<EndpointWithSecret> {
    if (!known.fromRequest) throw new WebhookExistsError();
    const secret = newWebhookSecret();
    const enabled = { disabledAt: null, disabledReason: null, failingSince: null, fromRequest: false };
    await this.endpoints.update(known.userId, known.id, { ...settings, ...enabled, ...this.rotation(known, secret) });
    return { endpoint: await this.get(known.userId, known.id), secret };
  }

  private rotation(endpoint: EndpointRow, secret: string) {
    const former = this.box.open(endpoint.secret, placeOf(endpoint.id, 'secret'));
    return {
      secret: this.box.seal(secret, placeOf(endpoint.id, 'secret')),
      previousSecret: this.box.seal(former, placeOf(endpoint.id, 'previous_secret')),
      previousUntil: this.clock.now() + ROTATION_MS,
    };
  }

  private newEndpoint(
    userId: string,
    url: string,
    settings: Pick<EndpointRow, 'description' | 'eventTypes' | 'fromRequest'>,
  ): EndpointWithSecret {
    const id = `we_${randomBytes(8).toString('hex')}`;
    const secret = newWebhookSecret();
    const now = this.clock.now();
    const endpoint: EndpointRow = {
      id,
      userId,
      url,
      ...settings,
      disabledReason: null,
      disabledAt: null,
      secret: this.box.seal(secret, placeOf(id, 'secret')),
      previousSecret: null,
      previousUntil: null,
      failingSince: null,
      slowUntil: null,
      slowMs: 0,
      lastSuccessAt: null,
      usedAt: now,
      createdAt: now,
    };
    return { endpoint, secret };
  }

  private async makeRoom(userId: string): Promise<void> {
    const fromRequests = (await this.endpoints.list(userId)).filter(({ fromRequest }) => fromRequest);
    const surplus = fromRequests.sort((a, b) => b.usedAt - a.usedAt).slice(MAX_FROM_REQUESTS);
    for (const { id } of surplus) {
      // What is still to be delivered is: it makes room the next time.
      if (!(await this.deliveries.hasPending(id))) await this.delete(userId, id);
    }
  }
}

export const placeOf = (row: string, column: 'secret' | 'previous_secret') => ({ table: TABLE, row, column });
