import { Inject, Injectable } from '@nestjs/common';
import { AI_CONFIG, type AiConfig } from '../../config/app.config.js';
import type { Fact } from './fact.js';

export type { Fact } from './fact.js';

export interface NarrationRequest<F extends string> {
  /** Name of the file `prompts/<prompt>.md` and of the schema `schemas/narratives/<prompt>.schema.json`. */
  prompt: string;
  /** For the row of usage. */
  userId: string | null;
  /** Every figure that may appear in prose. */
  facts: readonly Fact[];
  /**
   * Names that prose may repeat as they stand although they look like figures or addresses: domains (`9gag.com`), apps
   * (`obs64.exe`). A name that is itself a figure ("12 hours") is not believed, and plain words need no mention here.
   */
  names?: readonly string[];
  /** Figures and untrusted texts; sent as a fenced block of JSON, cut and cleaned here. */
  data: unknown;
  /** What stands in for a field that fails. */
  template: Record<F, string | readonly string[]>;
  /** Fields whose items stand for the template's items one by one, so that there must be as many. */
  perItem?: readonly F[];
  /** A request's own Gemini key: serves this call only, never stored or logged. */
  apiKey?: string;
  signal?: AbortSignal;
}

export interface Narration<F extends string> {
  fields: Record<F, string | string[]>;
  narrative: { source: 'model' | 'template'; model?: string };
  /** False: a model is configured but a field fell back, so the narration is not worth keeping. */
  final: boolean;
  promptVersion: string;
}

/** Words for figures: from a model whose every number is checked against the facts, else from templates. Never fails. */
@Injectable()
export class NarrationService {
  constructor(@Inject(AI_CONFIG) private readonly config: AiConfig) {}

  narrate<F extends string>(request: NarrationRequest<F>): Promise<Narration<F>> {
    const fields = Object.fromEntries(
      Object.entries<string | readonly string[]>(request.template).map(([name, text]) => [
        name,
        typeof text === 'string' ? text : [...text],
      ]),
    ) as Record<F, string | string[]>;
    return Promise.resolve({
      fields,
      narrative: { source: 'template' },
      final: this.modelName(request.apiKey) === null,
      promptVersion: this.promptVersion(request.prompt),
    });
  }

  /** Changes with the prompt or its schema; part of every cache key. */
  promptVersion(prompt: string): string {
    return `${prompt}-0`;
  }

  /** The model that would be asked; `null`: none is configured, and texts come from templates. */
  modelName(apiKey?: string): string | null {
    if (apiKey !== undefined) return this.config.gemini.model;
    return this.config.provider === null ? null : this.config.model;
  }
}
