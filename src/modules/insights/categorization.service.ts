import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { CATEGORIES, type Category } from '../../common/categories/category.js';
import { CategoryTable } from '../../common/categories/category-table.js';
import type { Principal } from '../../common/auth/principal.js';
import { readDomain } from '../../common/domains/domain-name.js';
import { InvalidInputError } from '../../common/errors/domain.error.js';
import { NarrationService } from '../../infra/ai/narration.service.js';
import { AccountsService } from '../auth/accounts.service.js';

const PROMPT = 'categorize';
/** What a model said is remembered by each process: it says the same again, and every question costs. */
const MAX_REMEMBERED = 5000;

export interface Categorized {
  domain: string;
  category: Category;
}

/** To which category a domain belongs: the user's own entry, the product's table, a model where one is configured, `other`. */
@Injectable()
export class CategorizationService {
  private readonly answers = new LRUCache<string, Category>({ max: MAX_REMEMBERED });

  constructor(
    private readonly accounts: AccountsService,
    private readonly narration: NarrationService,
  ) {}

  /** @throws InvalidInputError when the domain is none. */
  async categorize({ userId }: Principal, text: string, title: string | undefined): Promise<Categorized> {
    const domain = readDomain(text);
    if (domain === null) {
      const message = 'domain is not a domain: write github.com';
      throw new InvalidInputError(message, [{ path: 'domain', message }]);
    }
    const { categorization } = await this.accounts.settingsOf(userId);
    const known = new CategoryTable(categorization).find(domain);
    return { domain, category: known ?? (await this.ask(userId, domain, title)) ?? 'other' };
  }

  private async ask(userId: string, domain: string, title: string | undefined): Promise<Category | null> {
    // By user: a title is theirs, and what it makes a model say is nobody else's.
    const key = JSON.stringify([
      userId,
      domain,
      title,
      this.narration.promptVersion(PROMPT),
      this.narration.modelName(),
    ]);
    const remembered = this.answers.get(key);
    if (remembered !== undefined) return remembered;
    const answer = await this.narration.ask({ prompt: PROMPT, userId, data: { domain, title: title ?? null } });
    const category = CATEGORIES.find((name) => name === answer?.category) ?? null;
    if (category !== null) this.answers.set(key, category);
    return category;
  }
}
