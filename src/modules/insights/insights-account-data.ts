import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { BrowserErasure } from '../events/browser/browser-erasure.service.js';
import { InsightDto } from './dto/insight-history.dto.js';
import type { InsightRow } from './insight-row.js';
import { InsightsRepository } from './insights.repository.js';

/** A person's insights, for the export and the deletion of the account, and for the deletion of what they tell of. */
@Injectable()
export class InsightsAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly browsing: BrowserErasure,
    private readonly repository: InsightsRepository,
  ) {}

  onModuleInit(): void {
    this.erasure.register('insights', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.repository.deleteAll(userId);
    });
    this.browsing.register((userId) => this.repository.deleteAll(userId));
    this.exports.register('insights', (userId) => toExported(this.repository.stream(userId)));
  }
}

async function* toExported(rows: AsyncIterable<InsightRow>): AsyncGenerator<object> {
  for await (const row of rows) yield InsightDto.from(row);
}
