import type { DataSource } from 'typeorm';
import { ActivitiesRepository } from '../../src/modules/analytics/usage/activity/activities.repository.js';
import { ActivityCellsRepository } from '../../src/modules/analytics/usage/activity/activity-cells.repository.js';
import { ActivityFiguresRepository } from '../../src/modules/analytics/usage/activity/activity-figures.repository.js';
import { ActivityFiguresService } from '../../src/modules/analytics/usage/activity/activity-figures.service.js';
import { ActivityWrites } from '../../src/modules/analytics/usage/activity/activity-writes.service.js';
import { SessionUpdates } from '../../src/modules/analytics/usage/activity/session-updates.service.js';
import { SessionsRepository } from '../../src/modules/analytics/usage/activity/sessions.repository.js';
import { UsageNamesRepository } from '../../src/modules/analytics/usage/names/usage-names.repository.js';
import { UsageNames } from '../../src/modules/analytics/usage/names/usage-names.service.js';
import { UsageTransactions } from '../../src/modules/analytics/usage/usage-transaction.repository.js';

/** The parts of usage analytics that stand on SQL, of one process. Several on one database are replicas. */
export function usageStore(dataSource: DataSource) {
  const transactions = new UsageTransactions(dataSource);
  const names = new UsageNames(new UsageNamesRepository(dataSource));
  const activities = new ActivitiesRepository();
  const updates = new SessionUpdates(activities, new SessionsRepository());
  return {
    transactions,
    names,
    activityWrites: new ActivityWrites(transactions, names, activities, updates, new ActivityCellsRepository()),
    activityFigures: new ActivityFiguresService(new ActivityFiguresRepository()),
  };
}
