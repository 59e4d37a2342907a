import type { DataSource } from 'typeorm';
import { ActivitiesRepository } from '../../src/modules/analytics/usage/activity/activities.repository.js';
import { ActivityCellsRepository } from '../../src/modules/analytics/usage/activity/activity-cells.repository.js';
import { ActivityFiguresRepository } from '../../src/modules/analytics/usage/activity/activity-figures.repository.js';
import { ActivityFiguresService } from '../../src/modules/analytics/usage/activity/activity-figures.service.js';
import { ActivityWrites } from '../../src/modules/analytics/usage/activity/activity-writes.service.js';
import { SessionUpdates } from '../../src/modules/analytics/usage/activity/session-updates.service.js';
import { SessionsRepository } from '../../src/modules/analytics/usage/activity/sessions.repository.js';
import { AiCallWrites } from '../../src/modules/analytics/usage/calls/ai-call-writes.service.js';
import { AiCallsRepository } from '../../src/modules/analytics/usage/calls/ai-calls.repository.js';
import { AiCellsRepository } from '../../src/modules/analytics/usage/calls/ai-cells.repository.js';
import { AiFiguresRepository } from '../../src/modules/analytics/usage/calls/ai-figures.repository.js';
import { AiFiguresService } from '../../src/modules/analytics/usage/calls/ai-figures.service.js';
import { CallSeriesRepository } from '../../src/modules/analytics/usage/names/call-series.repository.js';
import { CallSeriesNames } from '../../src/modules/analytics/usage/names/call-series.service.js';
import { UsageNamesRepository } from '../../src/modules/analytics/usage/names/usage-names.repository.js';
import { UsageNames } from '../../src/modules/analytics/usage/names/usage-names.service.js';
import { PriceList } from '../../src/modules/analytics/usage/prices/price-list.js';
import type { PricesService } from '../../src/modules/analytics/usage/prices/prices.service.js';
import { UsageTransactions } from '../../src/modules/analytics/usage/usage-transaction.repository.js';

/** The parts of usage analytics that stand on SQL, of one process. Several on one database are replicas. */
export function usageStore(dataSource: DataSource, list = new PriceList([])) {
  const transactions = new UsageTransactions(dataSource);
  const names = new UsageNames(new UsageNamesRepository(dataSource));
  const activities = new ActivitiesRepository();
  const updates = new SessionUpdates(activities, new SessionsRepository());
  const series = new CallSeriesNames(new CallSeriesRepository(dataSource));
  const prices = { list } as PricesService;
  return {
    transactions,
    names,
    activityWrites: new ActivityWrites(transactions, names, activities, updates, new ActivityCellsRepository()),
    aiCallWrites: new AiCallWrites(transactions, names, series, new AiCallsRepository(), new AiCellsRepository()),
    aiFigures: new AiFiguresService(new AiFiguresRepository(), series, names, prices),
    activityFigures: new ActivityFiguresService(new ActivityFiguresRepository()),
  };
}
