import { setTimeout as sleep } from 'node:timers/promises';
import { SpendSignal } from '../spend-signal.js';
import { BudgetEvaluationJob } from './budget-evaluation.job.js';

describe('the look at budgets', () => {
  let signal: SpendSignal;
  let job: BudgetEvaluationJob;
  let looks: number;
  let during: () => void | Promise<void>;
  let connect: () => void;

  beforeEach(() => {
    looks = 0;
    during = () => undefined;
    signal = new SpendSignal();
    const alerts = {
      evaluate: async () => {
        looks++;
        await during();
      },
      sendPending: () => Promise.resolve(),
    };
    const ready = new Promise<void>((resolve) => (connect = resolve));
    job = new BudgetEvaluationJob(alerts as never, signal, { ready } as never);
    job['logger'].warn = () => undefined;
    job.onModuleInit();
    job.onApplicationBootstrap();
  });
  afterEach(() => job.beforeApplicationShutdown());

  const until = async (count: number) => {
    for (let waited = 0; looks < count && waited < 15_000; waited += 20) await sleep(20);
    expect(looks).toBe(count);
  };

  it('should wait for the database, and then look', async () => {
    signal.announce();
    await job.run();
    expect(looks).toBe(0);
    connect();
    await until(1);
  });

  it('should come once, soon after a burst of spend', async () => {
    connect();
    await until(1);
    for (let i = 0; i < 100; i++) signal.announce();
    expect(looks).toBe(1);
    await until(2);
    await sleep(1500);
    expect(looks).toBe(2);
  });

  it('should come again for spend that arrived meanwhile', async () => {
    connect();
    await until(1);
    during = () => {
      if (looks === 2) signal.announce();
    };
    signal.announce();
    await until(3);
  });

  it('should come again after a failure', async () => {
    during = () => Promise.reject(new Error('no store'));
    connect();
    await until(1);
    during = () => undefined;
    signal.announce();
    await until(2);
  });

  it('should end with the server', async () => {
    connect();
    await until(1);
    signal.announce();
    await job.beforeApplicationShutdown();
    await sleep(1500);
    await job.run();
    expect(looks).toBe(1);
  });
});
