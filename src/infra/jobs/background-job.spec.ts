import { BackgroundJob } from './background-job.js';

class CountingJob extends BackgroundJob {
  runs = 0;
  readonly errors: unknown[] = [];
  private finish: (error?: Error) => void = () => undefined;

  end(error?: Error): void {
    this.finish(error);
  }

  protected work(signal: AbortSignal): Promise<void> {
    this.runs++;
    return new Promise((resolve, reject) => {
      this.finish = (error) => (error === undefined ? resolve() : reject(error));
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  protected report(error: unknown): void {
    this.errors.push(error);
  }
}

describe('a background job', () => {
  let job: CountingJob;
  beforeEach(() => (job = new CountingJob()));

  it('should run once at a time', async () => {
    const runs = [job.run(), job.run()];
    expect(job.runs).toBe(1);
    job.end();
    await Promise.all(runs);
    const next = job.run();
    expect(job.runs).toBe(2);
    job.end();
    await next;
  });

  it('should tell of a failure and run again', async () => {
    const failed = job.run();
    job.end(new Error('no store'));
    await failed;
    expect(job.errors).toEqual([new Error('no store')]);
    const next = job.run();
    expect(job.runs).toBe(2);
    job.end();
    await next;
  });

  it('should end the run when the server stops, silently, and begin no other', async () => {
    const run = job.run();
    await job.beforeApplicationShutdown();
    await run;
    await job.run();
    expect([job.runs, job.errors]).toEqual([1, []]);
  });
});
