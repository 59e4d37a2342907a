import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { Ajv, type ValidateFunction } from 'ajv';

// One folder above `src` and `dist` alike.
const PROMPTS = new URL('../../../prompts/', import.meta.url);
const SCHEMAS = new URL('../../../schemas/narratives/', import.meta.url);
/** Stands before every prompt. */
const RULES_FILE = 'rules.md';

export interface Prompt {
  name: string;
  /** The rules for all prompts, then this one's task. */
  text: string;
  /** Of the answer. */
  schema: Record<string, unknown>;
  validate: ValidateFunction<Record<string, unknown>>;
  /** Changes with any word of prompt, rules or schema. */
  version: string;
}

/** The files in `prompts/`, each with the schema of its answer, read and compiled once at start. */
@Injectable()
export class PromptLibrary {
  private readonly prompts: ReadonlyMap<string, Prompt>;

  constructor() {
    const ajv = new Ajv({ strict: true });
    const rules = readFileSync(new URL(RULES_FILE, PROMPTS), 'utf8');
    const names = readdirSync(PROMPTS)
      .filter((file) => file.endsWith('.md') && file !== RULES_FILE)
      .map((file) => file.slice(0, -'.md'.length));
    this.prompts = new Map(names.map((name) => [name, loadPrompt(name, rules, ajv)]));
  }

  list(): Prompt[] {
    return [...this.prompts.values()];
  }

  /** @throws Error for a name that is no file: a fault of the program. */
  get(name: string): Prompt {
    const prompt = this.prompts.get(name);
    if (prompt === undefined) throw new Error(`There is no prompts/${name}.md`);
    return prompt;
  }
}

function loadPrompt(name: string, rules: string, ajv: Ajv): Prompt {
  const task = readFileSync(new URL(`${name}.md`, PROMPTS), 'utf8');
  const schemaText = readFileSync(new URL(`${name}.schema.json`, SCHEMAS), 'utf8');
  const schema = JSON.parse(schemaText) as Record<string, unknown>;
  const version = createHash('sha256').update(`${rules}\0${task}\0${schemaText}`).digest('hex').slice(0, 12);
  return { name, text: `${rules}\n${task}`, schema, validate: ajv.compile<Record<string, unknown>>(schema), version };
}
