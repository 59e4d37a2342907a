import { Injectable } from '@nestjs/common';
import { gateVerdicts, templateFallbacks } from './ai.metrics.js';
import { ChatModels } from './client/chat-models.js';
import type { Fact } from './fact.js';
import { factText } from './fact-text.js';
import { ModelDialogue, type DialogueRequest } from './model-dialogue.js';
import { gateFaultText, judgeField } from './narrative-checks.js';
import { PromptLibrary } from './prompt-library.js';

export type { Fact } from './fact.js';

export interface NarrationRequest<F extends string> {
  /** Name of the file `prompts/<prompt>.md` and of the schema `schemas/narratives/<prompt>.schema.json`. */
  prompt: string;
  /** For the row of usage. */
  userId: string | null;
  /**
   * Every figure that may appear in prose. A label says what it is a figure of: the model is shown labelled facts ready
   * to be copied, and the gate believes "12 events" or "6 hours a day" only of a fact whose label says so.
   */
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
  constructor(
    private readonly prompts: PromptLibrary,
    private readonly models: ChatModels,
    private readonly dialogue: ModelDialogue,
  ) {}

  async narrate<F extends string>(request: NarrationRequest<F>): Promise<Narration<F>> {
    const accepted = await this.askModel(request);
    const names = Object.keys(request.template) as F[];
    const told = names.filter((name) => accepted[name] !== undefined).length;
    const fields = Object.fromEntries(names.map((name) => [name, accepted[name] ?? copy(request.template[name])]));
    const model = this.modelName(request.apiKey);
    return {
      fields: fields as Record<F, string | string[]>,
      narrative: told > 0 && model !== null ? { source: 'model', model } : { source: 'template' },
      final: model === null || told === names.length,
      promptVersion: this.promptVersion(request.prompt),
    };
  }

  /**
   * Asks for an answer that is no prose and so needs no gate, only its schema.
   * @returns `null` when no model is configured or it gave no valid answer.
   */
  async ask(
    request: Pick<NarrationRequest<never>, 'prompt' | 'userId' | 'data' | 'signal'>,
  ): Promise<Record<string, unknown> | null> {
    const client = await this.models.clientFor(undefined);
    if (client === null) return null;
    let answer: Record<string, unknown> | null = null;
    const end = await this.dialogue.run(client, this.toDialogue(request, request.data), (value) => {
      answer = value;
      return [];
    });
    if (end !== null) templateFallbacks.inc({ prompt: request.prompt, reason: end });
    return answer;
  }

  /** Changes with the prompt or its schema; part of every cache key. */
  promptVersion(prompt: string): string {
    return this.prompts.get(prompt).version;
  }

  /** The model that would be asked; `null`: none is configured, and texts come from templates. */
  modelName(apiKey?: string): string | null {
    return this.models.modelName(apiKey);
  }

  /** The fields that passed the gate, each as it first did. */
  private async askModel<F extends string>(
    request: NarrationRequest<F>,
  ): Promise<Partial<Record<F, string | string[]>>> {
    const client = await this.models.clientFor(request.apiKey);
    const accepted: Partial<Record<F, string | string[]>> = {};
    if (client === null) return accepted;
    const data = { figures: labelledFigures(request.facts), data: request.data };
    const end = await this.dialogue.run(client, this.toDialogue(request, data), (value) =>
      this.keepGood(request, value, accepted),
    );
    const missing = Object.keys(request.template).filter((name) => accepted[name as F] === undefined).length;
    if (missing > 0) templateFallbacks.inc({ prompt: request.prompt, reason: end ?? 'gate' }, missing);
    return accepted;
  }

  /** Moves fields that pass from an answer to `accepted`; returns the faults of those that are still missing. */
  private keepGood<F extends string>(
    { prompt, template, facts, names = [], perItem = [] }: NarrationRequest<F>,
    answer: Record<string, unknown>,
    accepted: Partial<Record<F, string | string[]>>,
  ): string[] {
    const faults: string[] = [];
    for (const name of Object.keys(template) as F[]) {
      if (accepted[name] !== undefined) continue;
      const itemCount = perItem.includes(name) ? template[name].length : undefined;
      const field = judgeField(answer[name], facts, names, itemCount);
      const isSameKind = Array.isArray(field.value) === Array.isArray(template[name]);
      gateVerdicts.inc({ prompt, verdict: field.faults[0]?.kind ?? 'passed' });
      if (field.value !== undefined && isSameKind) accepted[name] = field.value;
      else faults.push(...field.faults.map((fault) => gateFaultText(name, fault)));
    }
    return faults;
  }

  private toDialogue(
    { prompt, userId, apiKey, signal }: Pick<NarrationRequest<never>, 'prompt' | 'userId' | 'apiKey' | 'signal'>,
    data: unknown,
  ): DialogueRequest {
    return { prompt: this.prompts.get(prompt), userId, data, apiKey, signal };
  }
}

/** What may be quoted, in the form in which it may be. */
function labelledFigures(facts: readonly Fact[]): Record<string, string> {
  return Object.fromEntries(facts.flatMap((fact) => (fact.label === undefined ? [] : [[fact.label, factText(fact)]])));
}

function copy(text: string | readonly string[]): string | string[] {
  return typeof text === 'string' ? text : [...text];
}
