import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Clock } from '../../src/common/time/clock.js';
import { PricesNotLoadedError } from '../../src/modules/analytics/usage/prices/prices.errors.js';
import { PricesService } from '../../src/modules/analytics/usage/prices/prices.service.js';

const NOBODY = 'house-model';

function priceFile(models: Record<string, number>): string {
  return JSON.stringify({
    providers: [
      {
        name: 'house',
        source: { title: 'Our contract', checked: '2026-01-31' },
        reasoning: 'inOutput',
        models: Object.entries(models).map(([name, input]) => ({ name, prices: [{ input, output: 0 }] })),
      },
    ],
  });
}

describe('the prices in force', () => {
  let folder: string;
  let path: string;
  let prices: PricesService;
  let changes: number;

  const priceOf = (model: string): number | null =>
    prices.costOf({
      model,
      timestamp: Date.parse('2026-01-01'),
      inputTokens: 1_000_000,
      cachedInputTokens: null,
      outputTokens: 0,
      reasoningTokens: null,
    }).nanoUsd;

  /** As editors and container platforms do it: a new file in the place of the old one. */
  async function write(text: string): Promise<void> {
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }

  async function start(): Promise<void> {
    prices = new PricesService({ retentionDays: 400, storeFullIp: false, priceFile: path }, new Clock());
    prices['logger'].error = () => undefined;
    prices['logger'].log = () => undefined;
    prices.onChange(() => changes++);
    await prices.onModuleInit();
  }

  beforeEach(async () => {
    changes = 0;
    folder = await mkdtemp(join(tmpdir(), 'almanac-prices-'));
    path = join(folder, 'prices.json');
    await write(priceFile({ [NOBODY]: 3, 'gpt-4o': 1 }));
    await start();
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('should be the built-in ones with the overrides', () => {
    expect([priceOf(NOBODY), priceOf('gpt-4o-2024-11-20'), priceOf('gpt-4.1')]).toEqual([3e9, 1e9, 2e9]);
    expect(prices.state().problems).toEqual([]);
  });

  it('should follow a changed file without a restart', async () => {
    await prices.reloadIfChanged();
    expect(changes).toBe(0);
    await write(priceFile({ [NOBODY]: 4 }));
    await prices.reloadIfChanged();
    expect([priceOf(NOBODY), priceOf('gpt-4o'), changes]).toEqual([4e9, 2.5e9, 1]);
  });

  it('should stay as they are when a file is broken, and say so', async () => {
    await write(priceFile({ [NOBODY]: -1 }));
    const problem = 'PRICE_FILE: /providers/0/models/0/prices/0/input must be >= 0';
    await expect(prices.reload()).rejects.toMatchObject({
      kind: 'unprocessable',
      details: [{ path: 'prices', message: problem }],
    });
    await expect(prices.reload()).rejects.toBeInstanceOf(PricesNotLoadedError);
    expect([priceOf(NOBODY), changes, prices.state().problems]).toEqual([3e9, 0, [problem]]);
    await write(priceFile({ [NOBODY]: 5 }));
    await prices.reloadIfChanged();
    expect([priceOf(NOBODY), prices.state().problems]).toEqual([5e9, []]);
  });

  it('should stay as they are when the file is gone, without its path in the sentence', async () => {
    await rm(path);
    await prices.reloadIfChanged();
    expect([priceOf(NOBODY), prices.state().problems]).toEqual([3e9, ['PRICE_FILE: it cannot be read (ENOENT)']]);
  });

  it('should be the built-in ones when the file is broken at the start, until it is mended', async () => {
    await write('{');
    await start();
    expect([priceOf(NOBODY), priceOf('gpt-4.1')]).toEqual([null, 2e9]);
    expect(prices.state().problems).toEqual([expect.stringContaining('PRICE_FILE: it is not JSON')]);
    await write(priceFile({ [NOBODY]: 6 }));
    await prices.reloadIfChanged();
    expect([priceOf(NOBODY), changes]).toEqual([6e9, 1]);
  });

  it('should give few models a label of their own in metrics (O1)', async () => {
    await write(priceFile(Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`house-${i}`, 1]))));
    await prices.reload();
    const labels = new Set(Array.from({ length: 10_000 }, (_, i) => prices.labelOf(`house-${i}`)));
    expect(labels.size).toBe(51);
    expect([prices.labelOf('house-0'), prices.labelOf('<script>')]).toEqual(['house-0', 'other']);
  });
});
