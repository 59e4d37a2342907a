import type { WriteStream } from 'node:tty';
import { isTimeZone } from '../common/time/time-zone.js';
import { DEMO_EMAIL, DEMO_PASSWORD, openDemoAccount } from './demo-account.js';
import { DemoApi } from './demo-api.client.js';
import type { DemoContext, DemoSource } from './demo-source.js';
import { ProgressLine } from '../common/progress-line.js';

/** Fills a running server with demo data and tells the reader what to try. */
export async function runDemo(
  baseUrl: string,
  sources: readonly DemoSource[],
  output: Pick<WriteStream, 'write' | 'isTTY'>,
  resolve: DemoContext['resolve'],
): Promise<void> {
  const account = await openDemoAccount(new DemoApi(baseUrl));
  const context: Omit<DemoContext, 'showProgress'> = {
    api: new DemoApi(baseUrl, account.token),
    anchor: account.createdAt,
    timeZone: machineTimeZone(),
    facts: new Map([
      ['Account', DEMO_EMAIL],
      ['Password', DEMO_PASSWORD],
      ['Token', account.token],
    ]),
    resolve,
  };
  const curls: string[] = [];
  for (const source of sources) curls.push(...(await seed(source, context, output)));
  output.write(summary(context.facts, curls));
}

async function seed(
  source: DemoSource,
  shared: Omit<DemoContext, 'showProgress'>,
  output: Pick<WriteStream, 'write' | 'isTTY'>,
): Promise<string[]> {
  const line = new ProgressLine(output);
  const showProgress = (done: number, total: number) => {
    const percent = Math.floor((100 * done) / total);
    line.show(`Loading ${source.name}: ${percent} % (${format(done)} of ${format(total)})`);
  };
  const context = { ...shared, showProgress };
  try {
    await source.seed(context);
  } finally {
    line.end();
  }
  return source.curls(context);
}

function summary(facts: ReadonlyMap<string, string>, curls: readonly string[]): string {
  const width = Math.max(...[...facts.keys()].map((label) => label.length));
  const lines = [...facts].map(([label, value]) => `  ${label.padEnd(width)}  ${value}`);
  return `\nThe demo is ready.\n\n${lines.join('\n')}\n\nTry in another terminal:\n\n${curls.join('\n\n')}\n\n`;
}

function format(count: number): string {
  return count.toLocaleString('en');
}

function machineTimeZone(): string {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return isTimeZone(timeZone) ? timeZone : 'UTC';
}
