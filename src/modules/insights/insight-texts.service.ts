import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { NarrationService, type Narration } from '../../infra/ai/narration.service.js';
import type { InsightSubject, InsightText, InsightType } from './insight-row.js';
import { InsightsRepository } from './insights.repository.js';
import { browsingFacts } from './narratives/browsing-facts.js';
import type { BrowsingFigures } from './narratives/browsing-figures.js';

/** For which the text about a period that has not ended is reused. */
const OPEN_FRESH_MS = 5 * 60_000;
/** Texts kept for a user; older ones are deleted. */
const MAX_KEPT = 1000;

export interface TextRequest<F extends string> {
  userId: string;
  subject: InsightSubject;
  prompt: string;
  figures: BrowsingFigures;
  template: Record<F, string | string[]>;
  /** The type under which each field is stored. */
  types: Record<F, InsightType>;
  /** Counts the events of the period anew. */
  countEvents: () => Promise<number>;
}

export interface Texts<F extends string> {
  fields: Record<F, string | string[]>;
  narrative: Narration<F>['narrative'];
}

/**
 * Texts about figures, from the store where the same figures were told by the same prompt and model before. What a
 * template says in place of a model that failed is told and forgotten.
 */
@Injectable()
export class InsightTexts {
  private readonly logger = new Logger(InsightTexts.name);
  private readonly running = new Map<string, Promise<Texts<string>>>();

  constructor(
    private readonly repository: InsightsRepository,
    private readonly narration: NarrationService,
    private readonly clock: Clock,
  ) {}

  async tell<F extends string>(request: TextRequest<F>): Promise<Texts<F>> {
    const key = this.keyOf(request);
    const stored = await this.findStored(request, key);
    if (stored !== null) return stored;
    const flight = `${request.userId} ${JSON.stringify(request.subject)} ${key}`;
    let running = this.running.get(flight) as Promise<Texts<F>> | undefined;
    if (running === undefined) {
      running = this.make(request, key).finally(() => this.running.delete(flight));
      this.running.set(flight, running);
    }
    return running;
  }

  /** The figures stand for the data: they change with every event and setting that a text could tell of. */
  private keyOf({ prompt, figures }: TextRequest<string>): string {
    const parts = [figures, this.narration.promptVersion(prompt), this.narration.modelName()];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  }

  private async findStored<F extends string>(
    { userId, subject, types, template }: TextRequest<F>,
    key: string,
  ): Promise<Texts<F> | null> {
    const row = await this.repository.find(userId, subject);
    if (row === null || row.key !== key) return null;
    if (row.freshUntil !== null && row.freshUntil.getTime() <= this.clock.now()) return null;
    const fields = fromTexts(row.insights, types, template);
    return { fields, narrative: row.model === null ? { source: 'template' } : { source: 'model', model: row.model } };
  }

  private async make<F extends string>(request: TextRequest<F>, key: string): Promise<Texts<F>> {
    const { userId, subject, prompt, figures, template, types } = request;
    const narration = await this.narration.narrate({ prompt, userId, template, ...browsingFacts(figures) });
    const { fields, narrative, final } = narration;
    if (final) {
      const now = this.clock.now();
      await this.repository.save(userId, {
        ...subject,
        key,
        freshUntil: figures.hasEnded ? null : new Date(now + OPEN_FRESH_MS),
        insights: toTexts(fields, types),
        model: narrative.model ?? null,
        generatedAt: new Date(now),
      });
      await this.deleteIfErased(request, key);
      await this.repository.deleteOldest(userId, MAX_KEPT);
    }
    return { fields, narrative };
  }

  /**
   * A model takes its time, and what a text tells of may be erased meanwhile. Events are erased before insights are: so
   * either the events are seen to be fewer here, or the erasure finds what was just saved.
   */
  private async deleteIfErased(
    { userId, subject, figures, countEvents }: TextRequest<string>,
    key: string,
  ): Promise<void> {
    // A store that is too busy to count must not take the text from who waits for it; it is only not kept.
    const left = await countEvents().catch((error: unknown) => {
      this.logger.debug(`A text about browsing is not kept: ${String(error)}`);
      return -1;
    });
    if (left < figures.eventCount) await this.repository.delete(userId, subject, key);
  }
}

function toTexts<F extends string>(fields: Record<F, string | string[]>, types: Record<F, InsightType>): InsightText[] {
  return (Object.keys(types) as F[]).flatMap((name) =>
    [fields[name]].flat().map((content) => ({ type: types[name], content })),
  );
}

function fromTexts<F extends string>(
  texts: readonly InsightText[],
  types: Record<F, InsightType>,
  template: Record<F, string | string[]>,
): Record<F, string | string[]> {
  const names = Object.keys(types) as F[];
  return Object.fromEntries(
    names.map((name) => {
      const contents = texts.filter(({ type }) => type === types[name]).map(({ content }) => content);
      return [name, Array.isArray(template[name]) ? contents : (contents[0] ?? '')];
    }),
  ) as Record<F, string | string[]>;
}
