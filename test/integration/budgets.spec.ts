import fc from 'fast-check';
import type { DataSource } from 'typeorm';
import { InvalidInputError } from '../../src/common/errors/domain.error.js';
import { AccountErasure } from '../../src/common/lifecycle/account-erasure.js';
import { AccountExport } from '../../src/common/lifecycle/account-export.js';
import { BudgetAlertsService } from '../../src/modules/analytics/usage/budgets/budget-alerts.service.js';
import { periodAt } from '../../src/modules/analytics/usage/budgets/budget-period.js';
import { BudgetEntity, BudgetFiringEntity } from '../../src/modules/analytics/usage/budgets/budget.entity.js';
import { BudgetsRepository } from '../../src/modules/analytics/usage/budgets/budgets.repository.js';
import { BudgetsService, type NewBudget } from '../../src/modules/analytics/usage/budgets/budgets.service.js';
import { SpendSignal } from '../../src/modules/analytics/usage/spend-signal.js';
import type { SpendQuery, UsageSpendService } from '../../src/modules/analytics/usage/usage-spend.service.js';
import { WebhookUrlError } from '../../src/modules/webhooks/webhooks.errors.js';
import type { WebhookMessage, WebhooksService } from '../../src/modules/webhooks/webhooks.service.js';
import { principal } from '../factories/principal.factory.js';
import { TestClock } from '../support/auth.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const USD = 1e9;
const DAY_MS = 86_400_000;
const NEVER = new AbortController().signal;
const PROPERTY_RUNS = Number(process.env.PROPERTY_RUNS ?? 12);

/** Calls with their cost, of which any part may be asked for. */
class Spending {
  calls: { at: number; nanoUsd: number | null; user: string; model: string }[] = [];
  asked = 0;
  failsFor: string | null = null;

  spend({ scope, id, from, toExclusive }: SpendQuery) {
    this.asked++;
    if (id !== null && id === this.failsFor) return Promise.reject(new Error('bad row'));
    const calls = this.calls.filter(
      (call) =>
        call.at >= from &&
        call.at < toExclusive &&
        (scope === 'all' || (scope === 'user' && call.user === id) || (scope === 'model' && call.model === id)),
    );
    const nanoUsd = calls.reduce((sum, call) => sum + (call.nanoUsd ?? 0), 0);
    return Promise.resolve({
      calls: calls.length,
      unpricedCalls: calls.filter((call) => call.nanoUsd === null).length,
      nanoUsd,
    });
  }
}

/** Takes a message id once, as the real ones do. */
class Webhooks {
  readonly sent = new Map<string, WebhookMessage>();
  private readonly known = new Set<string>();
  isDown = false;
  refuses = false;
  failsFor: string | null = null;
  tries = 0;

  endpointFor(_userId: string, url: string): Promise<{ id: string; url: string; secret?: string }> {
    if (url.includes('127.0.0.1'))
      return Promise.reject(new WebhookUrlError('must be an address on the public internet'));
    const secret = this.known.has(url) ? undefined : 'whsec_new';
    this.known.add(url);
    return Promise.resolve({ id: 'we_1', url, secret });
  }

  send(message: WebhookMessage): Promise<void> {
    this.tries++;
    if (this.isDown) return Promise.reject(new Error('no store'));
    const { scope_id: scopeId } = message.data as { scope_id: string | null };
    if (scopeId !== null && scopeId === this.failsFor) return Promise.reject(new Error('no such endpoint'));
    if (this.refuses) return Promise.reject(new InvalidInputError('This address may not be called'));
    if (!this.sent.has(message.id!)) this.sent.set(message.id!, message);
    return Promise.resolve();
  }

  /** What was told, as `day:threshold`. */
  get told(): string[] {
    return [...this.sent.values()].map(({ data }) => {
      const { period_start, threshold } = data as { period_start: string; threshold: number };
      return `${period_start.slice(0, 10)}:${threshold}`;
    });
  }
}

describe.each(await sqlTestTargets())('budgets on $dialect', (target) => {
  let database: SqlTestDatabase;
  let dataSource: DataSource;
  let repository: BudgetsRepository;
  let clock: TestClock;
  let spending: Spending;
  let webhooks: Webhooks;
  let signal: SpendSignal;
  let service: BudgetsService;
  const ann = principal({ userId: 'ann', timezone: 'Europe/Berlin' });
  const bob = principal({ userId: 'bob' });

  beforeAll(async () => {
    database = await target.create();
    dataSource = await database.connect([BudgetEntity, BudgetFiringEntity]);
  });
  afterAll(() => database.drop());

  beforeEach(async () => {
    await dataSource.query('DELETE FROM budgets');
    repository = new BudgetsRepository(
      dataSource.getRepository(BudgetEntity),
      dataSource.getRepository(BudgetFiringEntity),
    );
    clock = new TestClock();
    spending = new Spending();
    webhooks = new Webhooks();
    signal = new SpendSignal();
    service = new BudgetsService(
      repository,
      spending as unknown as UsageSpendService,
      webhooks as never,
      signal,
      clock,
      new AccountErasure(),
      new AccountExport(),
    );
  });

  const replica = (hooks = webhooks) => {
    const alerts = new BudgetAlertsService(
      repository,
      spending as unknown as UsageSpendService,
      hooks as unknown as WebhooksService,
      clock,
    );
    alerts['logger'].warn = () => undefined;
    return alerts;
  };

  async function look(alerts = replica()): Promise<void> {
    await alerts.evaluate(NEVER);
    await alerts.sendPending(NEVER);
  }

  const budget = (fields: Partial<NewBudget> = {}): NewBudget => ({
    scope: 'all',
    scopeId: null,
    period: 'day',
    limitNanoUsd: 10 * USD,
    thresholds: [80, 100],
    webhookUrl: 'https://hooks.example.com/ann',
    timeZone: 'UTC',
    ...fields,
  });

  const call = (usd: number | null, at = clock.now(), user = 'u1', model = 'm1') =>
    spending.calls.push({ at, nanoUsd: usd === null ? null : Math.round(usd * USD), user, model });

  describe('of a user', () => {
    it('should show spend, forecast and what fired in the present period', async () => {
      const { budget: row } = await service.create(ann, budget({ period: 'month', timeZone: null }));
      expect(row).toMatchObject({ userId: 'ann', timeZone: 'Europe/Berlin' });
      call(9);
      call(null);
      call(100, Date.parse('2025-10-31T22:59:59Z'));
      await look();
      const [status, ...others] = await service.list(ann);
      expect(others).toEqual([]);
      const period = periodAt('month', 'Europe/Berlin', clock.now());
      expect(status).toMatchObject({
        budget: row,
        period: { label: '2025-11', start: Date.parse('2025-10-31T23:00:00Z') },
        spend: { calls: 2, unpricedCalls: 1, nanoUsd: 9 * USD },
        forecastNanoUsd: Math.round((9 * USD * (period.end - period.start)) / (clock.now() - period.start)),
        fired: [{ threshold: 80, spendNanoUsd: 9 * USD, firedAt: clock.now(), state: 'sent', unpricedCalls: 1 }],
      });
      clock.advance(20 * DAY_MS);
      expect((await service.get(ann, row.id)).fired).toEqual([]);
    });

    it("should be the owner's and an administrator's alone", async () => {
      const { budget: row } = await service.create(ann, budget());
      expect(await service.list(bob)).toEqual([]);
      for (const id of [row.id, 'bud_unknown']) {
        await expect(service.get(bob, id)).rejects.toMatchObject({ kind: 'not_found', message: 'Budget not found' });
        await expect(service.update(bob, id, { limitNanoUsd: 1 })).rejects.toMatchObject({ kind: 'not_found' });
        await expect(service.delete(bob, id)).rejects.toMatchObject({ kind: 'not_found' });
      }
      const admin = principal({ userId: 'root', role: 'admin' });
      expect((await service.list(admin)).map((status) => status.budget.id)).toEqual([row.id]);
      await service.update(admin, row.id, { limitNanoUsd: 2 * USD, webhookUrl: null });
      expect((await service.get(ann, row.id)).budget).toMatchObject({ limitNanoUsd: 2 * USD, webhookUrl: null });
      await service.delete(ann, row.id);
      expect(await service.list(admin)).toEqual([]);
    });

    it('should show the secret of a new address once, and refuse one that may not be called', async () => {
      const first = await service.create(ann, budget());
      const second = await service.create(ann, budget());
      expect([first.webhookSecret, second.webhookSecret]).toEqual(['whsec_new', undefined]);
      const change = (webhookUrl: string | null) => service.update(ann, first.budget.id, { webhookUrl });
      expect((await change('https://hooks.example.com/other')).webhookSecret).toBe('whsec_new');
      expect((await change(null)).webhookSecret).toBeUndefined();
      const refusal = {
        kind: 'invalid',
        details: [{ path: 'webhook_url', message: 'webhook_url must be an address on the public internet' }],
      };
      await expect(change('http://127.0.0.1/')).rejects.toMatchObject(refusal);
      await expect(service.create(ann, budget({ webhookUrl: 'http://127.0.0.1/' }))).rejects.toMatchObject(refusal);
      expect(await service.list(ann)).toHaveLength(2);
    });

    it('should not be more than a hundred', async () => {
      for (let i = 0; i < 100; i++) await service.create(ann, budget());
      await expect(service.create(ann, budget())).rejects.toMatchObject({ code: 'TOO_MANY_BUDGETS' });
      await service.create(bob, budget());
      const asked = spending.asked;
      await look();
      // All of them watch the same calls of the same days.
      expect(spending.asked - asked).toBeLessThan(4);
    });

    it('should go with the account and be part of its archive (L1)', async () => {
      const erasure = new AccountErasure();
      const archive = new AccountExport();
      Object.assign(service, { erasure, archive });
      service.onModuleInit();
      await service.create(ann, budget());
      await service.create(bob, budget());
      call(20);
      await look();
      const rows: object[] = [];
      for await (const row of archive.list()[0]![1]('ann')) rows.push(row);
      expect(rows).toEqual([expect.objectContaining({ scope: 'all', limit_usd: 10, thresholds: [80, 100] })]);
      await erasure.list()[0]![1]('ann', NEVER, () => Promise.resolve());
      expect([(await service.list(ann)).length, (await service.list(bob)).length]).toEqual([0, 1]);
      expect(await dataSource.query('SELECT count(*) AS n FROM budget_firings')).toEqual([{ n: expect.anything() }]);
      expect((await service.list(bob))[0]!.fired).toHaveLength(2);
    });
  });

  describe('a threshold', () => {
    it('should fire once in a period, and again in the next', async () => {
      await service.create(ann, budget());
      call(7.99);
      await look();
      expect(webhooks.told).toEqual([]);
      call(0.01);
      await look();
      await look();
      expect(webhooks.told).toEqual(['2025-11-20:80']);
      call(50);
      await look();
      await look();
      expect(webhooks.told).toEqual(['2025-11-20:80', '2025-11-20:100']);
      clock.advance(DAY_MS);
      await look();
      expect(webhooks.told).toHaveLength(2);
      call(10);
      await look();
      expect(webhooks.told.slice(2)).toEqual(['2025-11-21:80', '2025-11-21:100']);
    });

    it('should tell what it is about', async () => {
      const { budget: row } = await service.create(ann, budget({ scope: 'model', scopeId: 'm2', thresholds: [50] }));
      call(100);
      call(6, clock.now(), 'u1', 'm2');
      call(null, clock.now(), 'u1', 'm2');
      await look();
      expect([...webhooks.sent.values()]).toEqual([
        {
          userId: 'ann',
          url: 'https://hooks.example.com/ann',
          type: 'budget.threshold',
          id: `msg_${row.id}_${Date.parse('2025-11-20T00:00:00Z')}_50`,
          data: {
            budget_id: row.id,
            scope: 'model',
            scope_id: 'm2',
            period: 'day',
            period_start: '2025-11-20T00:00:00.000Z',
            period_end: '2025-11-21T00:00:00.000Z',
            tz: 'UTC',
            threshold: 50,
            limit_usd: 10,
            spend_usd: 6,
            forecast_usd: 14.4,
            unpriced_calls: 1,
            fired_at: '2025-11-20T10:00:00.000Z',
          },
        },
      ]);
    });

    it('should fire for calls that come late, also just after their period', async () => {
      await service.create(ann, budget());
      const lastMoment = Date.parse('2025-11-20T23:59:59.999Z');
      clock.time = Date.parse('2025-11-21T00:00:00.001Z');
      call(9, lastMoment);
      await look();
      clock.time = Date.parse('2025-11-22T23:59:00Z');
      call(1, lastMoment);
      await look();
      expect(webhooks.told).toEqual(['2025-11-20:80', '2025-11-20:100']);
      clock.time = Date.parse('2025-11-23T00:00:00Z');
      call(1, Date.parse('2025-11-21T12:00:00Z'));
      call(100, lastMoment);
      await look();
      expect(webhooks.told).toHaveLength(2);
    });

    it('should fire for what was spent before the budget was made, but not for an earlier period', async () => {
      call(9);
      call(9, clock.now() - DAY_MS);
      await service.create(ann, budget());
      await look();
      expect(webhooks.told).toEqual(['2025-11-20:80']);
    });

    it('should not fire again when the limit changes', async () => {
      const { budget: row } = await service.create(ann, budget());
      call(9);
      await look();
      await service.update(ann, row.id, { limitNanoUsd: 100 * USD });
      await look();
      await service.update(ann, row.id, { limitNanoUsd: 10 * USD, thresholds: [50, 80] });
      await look();
      expect(webhooks.told).toEqual(['2025-11-20:80', '2025-11-20:50']);
    });

    it('should not fire again when the day begins at another moment, in another zone', async () => {
      const { budget: row } = await service.create(ann, budget());
      call(9);
      await look();
      for (const timeZone of ['Asia/Tokyo', 'America/Los_Angeles', 'UTC']) {
        await service.update(ann, row.id, { timeZone });
        await look();
        await look();
      }
      expect(webhooks.told).toEqual(['2025-11-20:80']);
    });

    it('should fire for others when one budget cannot be looked at or told of', async () => {
      await service.create(ann, budget({ scope: 'user', scopeId: 'u1' }));
      await service.create(ann, budget({ scope: 'user', scopeId: 'u2', thresholds: [80] }));
      await service.create(ann, budget({ scope: 'user', scopeId: 'u3', thresholds: [80] }));
      for (const user of ['u1', 'u2', 'u3']) call(9, clock.now(), user);
      spending.failsFor = 'u2';
      const alerts = replica();
      await expect(alerts.evaluate(NEVER)).rejects.toThrow('bad row');
      webhooks.failsFor = 'u1';
      await expect(alerts.sendPending(NEVER)).rejects.toThrow('no such endpoint');
      const toldOf = () =>
        [...webhooks.sent.values()].map(({ data }) => (data as { scope_id: string }).scope_id).sort();
      expect(toldOf()).toEqual(['u3']);
      spending.failsFor = webhooks.failsFor = null;
      await look();
      expect(toldOf()).toEqual(['u1', 'u2', 'u3']);
    });

    it('should fire once when two replicas look at the same time', async () => {
      for (let i = 0; i < 5; i++) await service.create(ann, budget());
      call(10);
      await Promise.all([look(replica()), look(replica()), look(replica())]);
      expect(webhooks.told).toHaveLength(10);
      const rows = await dataSource.getRepository(BudgetFiringEntity).find();
      expect(rows.map((row) => row.state)).toEqual(Array(10).fill('sent'));
    });

    it('should be told of after a crash before its message, and once after a crash behind it', async () => {
      await service.create(ann, budget({ thresholds: [80] }));
      call(9);
      await replica().evaluate(NEVER);
      expect(webhooks.told).toEqual([]);
      // Sent, but the process died before it could note that.
      await replica({ send: (message: WebhookMessage) => webhooks.send(message).then(() => never()) } as never)
        .sendPending(NEVER)
        .catch(() => undefined);
      expect(webhooks.tries).toBe(1);
      await look();
      expect([webhooks.tries, webhooks.told]).toEqual([2, ['2025-11-20:80']]);
      await look();
      expect(webhooks.tries).toBe(2);
    });

    it('should wait for webhooks that cannot take it now', async () => {
      await service.create(ann, budget({ thresholds: [80] }));
      call(9);
      webhooks.isDown = true;
      await expect(look()).rejects.toThrow('no store');
      webhooks.isDown = false;
      await look();
      expect(webhooks.told).toEqual(['2025-11-20:80']);
    });

    it('should show when the address is refused, and not try for ever', async () => {
      await service.create(ann, budget({ thresholds: [80] }));
      call(9);
      webhooks.refuses = true;
      await look();
      await look();
      expect(webhooks.tries).toBe(1);
      expect((await service.list(ann))[0]!.fired).toMatchObject([{ threshold: 80, state: 'refused' }]);
    });

    it('should be forgotten with its budget', async () => {
      const { budget: row } = await service.create(ann, budget());
      call(10);
      await replica().evaluate(NEVER);
      await service.delete(ann, row.id);
      await replica().sendPending(NEVER);
      expect(webhooks.told).toEqual([]);
      // Another replica had the budget in hand.
      const firing = { budgetId: row.id, periodStart: 0, periodEnd: 1, threshold: 1, spendNanoUsd: 1 };
      await repository.addFiring({ ...firing, limitNanoUsd: 1, unpricedCalls: 0, firedAt: 1, state: 'pending' });
      expect(await repository.listPending(10)).toEqual([]);
    });
  });

  it('should fire each threshold exactly once, whatever comes late, twice, at once or crashes', async () => {
    const start = Date.parse('2025-11-20T00:00:00Z');
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('spend'),
        usd: fc.integer({ min: 0, max: 6 }),
        late: fc.integer({ min: 0, max: 40 }),
      }),
      fc.record({ kind: fc.constant('look'), replicas: fc.integer({ min: 1, max: 3 }) }),
      fc.record({ kind: fc.constant('crash'), after: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ kind: fc.constant('wait'), hours: fc.integer({ min: 1, max: 20 }) }),
    ) as fc.Arbitrary<any>;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        await dataSource.query('DELETE FROM budgets');
        spending.calls = [];
        webhooks = new Webhooks();
        clock.time = start;
        await service.create(ann, budget());
        const reached = new Set<string>();
        for (const { kind, usd, late, replicas, after, hours } of [...steps, { kind: 'look', replicas: 1 }]) {
          if (kind === 'wait') clock.advance(hours * 3_600_000);
          if (kind === 'spend') call(usd, Math.max(start, clock.now() - late * 3_600_000));
          if (kind === 'look' || kind === 'crash') {
            for (const [day, sum] of sumsByDay(spending.calls)) {
              if (Date.parse(day) + 3 * DAY_MS <= clock.now()) continue;
              for (const percent of [80, 100]) if (sum * 100 >= 10 * USD * percent) reached.add(`${day}:${percent}`);
            }
          }
          if (kind === 'look') await Promise.all(Array.from({ length: replicas }, () => look(replica())));
          if (kind === 'crash') await look(replica(crashingAfter(after, webhooks))).catch(() => undefined);
        }
        expect(webhooks.told.sort()).toEqual([...reached].sort());
        const rows = await dataSource.getRepository(BudgetFiringEntity).find();
        expect(rows).toHaveLength(reached.size);
      }),
      { numRuns: PROPERTY_RUNS },
    );
  });
});

function never(): never {
  throw new Error('killed');
}

/** Dies after so many messages, having sent the last of them or not. */
function crashingAfter(count: number, webhooks: Webhooks): Webhooks {
  let left = count;
  const send = async (message: WebhookMessage) => {
    if (left-- <= 0) never();
    await webhooks.send(message);
    if (left === 0) never();
  };
  return { send } as Webhooks;
}

function sumsByDay(calls: Spending['calls']): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { at, nanoUsd } of calls) {
    const day = new Date(at).toISOString().slice(0, 10);
    sums.set(day, (sums.get(day) ?? 0) + (nanoUsd ?? 0));
  }
  return sums;
}
