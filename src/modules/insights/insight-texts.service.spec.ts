import type { Clock } from '../../common/time/clock.js';
import type { Narration, NarrationRequest, NarrationService } from '../../infra/ai/narration.service.js';
import type { InsightRow, InsightSubject } from './insight-row.js';
import { InsightTexts, type TextRequest } from './insight-texts.service.js';
import type { InsightsRepository } from './insights.repository.js';
import type { BrowsingFigures } from './narratives/browsing-figures.js';

const DAY: InsightSubject = { kind: 'daily_summary', from: '2025-11-19', to: '2025-11-19', timeZone: 'UTC' };
const FIGURES: BrowsingFigures = {
  dates: ['2025-11-19'],
  hasEnded: true,
  eventCount: 7,
  time: { total: 60, productive: 60, social: 0, neutral: 0 },
  score: 100,
  domains: [{ domain: 'github.com', minutes: 60, category: 'work' }],
  peakHour: { hour: 9, count: 7 },
  peakDate: { date: '2025-11-19', count: 7 },
  activeDays: 1,
  longest: null,
  before: null,
};

/** One row for each user and subject, as the store has it. */
class MemoryInsights implements Pick<InsightsRepository, 'find' | 'save' | 'delete' | 'deleteOldest' | 'deleteAll'> {
  readonly rows = new Map<string, InsightRow>();

  find(userId: string, subject: InsightSubject): Promise<InsightRow | null> {
    return Promise.resolve(this.rows.get(keyOf(userId, subject)) ?? null);
  }

  save(userId: string, insight: Omit<InsightRow, 'id' | 'userId'>): Promise<void> {
    this.rows.set(keyOf(userId, insight), { id: '1', userId, ...insight });
    return Promise.resolve();
  }

  delete(userId: string, subject: InsightSubject, key: string): Promise<void> {
    if (this.rows.get(keyOf(userId, subject))?.key === key) this.rows.delete(keyOf(userId, subject));
    return Promise.resolve();
  }

  deleteOldest(): Promise<void> {
    return Promise.resolve();
  }

  deleteAll(): Promise<void> {
    this.rows.clear();
    return Promise.resolve();
  }
}

function keyOf(userId: string, { kind, from, to, timeZone }: InsightSubject): string {
  return [userId, kind, from, to, timeZone].join(' ');
}

/** A model whose texts are numbered, in the place of all of `infra/ai`. */
class NumberedTexts implements Pick<NarrationService, 'narrate' | 'promptVersion' | 'modelName'> {
  asked = 0;
  version = 'v1';
  model: string | null = 'gpt-x';
  isFinal = true;
  /** What happens while the model thinks. */
  meanwhile: () => Promise<void> = () => Promise.resolve();

  async narrate<F extends string>({ template }: NarrationRequest<F>): Promise<Narration<F>> {
    const text = `text ${++this.asked}`;
    await this.meanwhile();
    const fields = Object.fromEntries(Object.keys(template).map((name) => [name, text])) as Record<F, string>;
    const narrative: Narration<F>['narrative'] =
      this.model === null ? { source: 'template' } : { source: 'model', model: this.model };
    return { fields, narrative, final: this.isFinal, promptVersion: this.version };
  }

  promptVersion(): string {
    return this.version;
  }

  modelName(): string | null {
    return this.model;
  }
}

describe('InsightTexts', () => {
  let rows: MemoryInsights;
  let model: NumberedTexts;
  let texts: InsightTexts;
  let now: number;

  beforeEach(() => {
    rows = new MemoryInsights();
    model = new NumberedTexts();
    now = Date.parse('2025-11-20T10:00:00Z');
    const clock: Clock = { now: () => now };
    texts = new InsightTexts(rows as unknown as InsightsRepository, model as unknown as NarrationService, clock);
  });

  const tell = async (changes: Partial<TextRequest<'summary'>> = {}): Promise<unknown> => {
    const told = await texts.tell({
      userId: 'ann',
      subject: DAY,
      prompt: 'daily-summary',
      figures: FIGURES,
      template: { summary: 'template' },
      types: { summary: 'summary' },
      countEvents: () => Promise.resolve(FIGURES.eventCount),
      ...changes,
    });
    return told.fields.summary;
  };

  it('should tell the same text for the same user, period, figures, prompt and model', async () => {
    expect([await tell(), await tell(), model.asked]).toEqual(['text 1', 'text 1', 1]);
    now += 400 * 86_400_000;
    expect(await tell()).toBe('text 1');
  });

  it.each<[string, () => Partial<TextRequest<'summary'>>]>([
    ['another user', () => ({ userId: 'ben' })],
    ['another day', () => ({ subject: { ...DAY, from: '2025-11-18', to: '2025-11-18' } })],
    ['another time zone', () => ({ subject: { ...DAY, timeZone: 'Asia/Tokyo' } })],
    ['another kind', () => ({ subject: { ...DAY, kind: 'weekly_report' } })],
    ['other figures', () => ({ figures: { ...FIGURES, score: 99 } })],
    ['another prompt', () => ((model.version = 'v2'), {})],
    ['another model', () => ((model.model = 'gpt-y'), {})],
    ['no model any more', () => ((model.model = null), {})],
  ])('should ask anew for %s', async (_what, change) => {
    await tell();
    expect([await tell(change()), model.asked]).toEqual(['text 2', 2]);
  });

  it('should keep a text about a period that goes on for 5 minutes', async () => {
    const figures = { ...FIGURES, hasEnded: false };
    await tell({ figures });
    now += 5 * 60_000 - 1;
    expect(await tell({ figures })).toBe('text 1');
    now += 1;
    expect(await tell({ figures })).toBe('text 2');
  });

  it('should ask once for all who ask at once', async () => {
    expect(await Promise.all([tell(), tell(), tell()])).toEqual(['text 1', 'text 1', 'text 1']);
    expect(await Promise.all([tell({ userId: 'ben' }), tell({ userId: 'cleo' })])).toEqual(['text 2', 'text 3']);
  });

  it('should not keep what stands in for a model that failed', async () => {
    model.isFinal = false;
    await tell();
    expect(rows.rows.size).toBe(0);
    model.isFinal = true;
    expect([await tell(), rows.rows.size]).toEqual(['text 2', 1]);
  });

  it('L1 should not keep a text about what was erased while the model thought', async () => {
    let events = FIGURES.eventCount;
    const countEvents = (): Promise<number> => Promise.resolve(events);
    model.meanwhile = () => {
      events = 0;
      return rows.deleteAll();
    };
    await tell({ countEvents });
    expect(rows.rows.size).toBe(0);
    events = FIGURES.eventCount;
    model.meanwhile = () => ((events += 3), Promise.resolve());
    await tell({ countEvents });
    expect(rows.rows.size).toBe(1);
  });
});
