import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/clock.js';
import { SQL_CONFIG, USAGE_CONFIG, type SqlConfig, type UsageConfig } from '../../../../config/app.config.js';
import { ActivitiesRepository } from '../activity/activities.repository.js';
import type { ActivityRow } from '../activity/activity-row.js';
import { ActivityWrites } from '../activity/activity-writes.service.js';
import type { AiCallRow } from '../calls/ai-call-row.js';
import { AiCallWrites } from '../calls/ai-call-writes.service.js';
import { AiCallsRepository } from '../calls/ai-calls.repository.js';
import { DAY_MS } from '../quarter.js';
import { SpendSignal } from '../spend-signal.js';
import { UsageMetrics } from '../usage-metrics.service.js';
import { UsageTransactions, type UsageTransaction } from '../usage-transaction.repository.js';
import { ACTIVITY_FIELDS, readActivity } from './activity-input.js';
import { AI_CALL_FIELDS, readAiCall } from './ai-call-input.js';
import { readRows, readSingleRow, type BulkOutcome } from './recorded-rows.js';
import type { Receipt } from './row-checks.js';
import { WriteQueue, type QueuedRow } from './write-queue.js';

/** SQLite works in this thread and one statement is not to hold it for long; PostgreSQL does more at once for less. */
const ROWS_PER_WRITE = { sqlite: 1000, postgres: 3000 };
/** SQLite has one writer; on PostgreSQL rows are stored while those before them are counted. */
const RUNNING_WRITES = { sqlite: 1, postgres: 2 };

/** The id of a row that was sent alone: its own, or that of the row which was stored before with its `event_id`. */
export interface SingleOutcome {
  id: string;
}

type Source = 'user_activity' | 'ai_call';
type FindIds = (transaction: UsageTransaction, eventIds: readonly string[]) => Promise<Map<string, string>>;

/** Takes in what the product's services report. When a promise resolves, what was accepted survives a crash. */
@Injectable()
export class UsageIngest {
  private readonly activities: WriteQueue<ActivityRow>;
  private readonly calls: WriteQueue<AiCallRow>;
  private readonly findActivities: FindIds;
  private readonly findCalls: FindIds;

  constructor(
    activityWrites: ActivityWrites,
    callWrites: AiCallWrites,
    activities: ActivitiesRepository,
    calls: AiCallsRepository,
    private readonly transactions: UsageTransactions,
    private readonly metrics: UsageMetrics,
    private readonly spend: SpendSignal,
    private readonly clock: Clock,
    @Inject(SQL_CONFIG) sql: SqlConfig,
    @Inject(USAGE_CONFIG) private readonly config: UsageConfig,
  ) {
    const rowsPerWrite = ROWS_PER_WRITE[sql.dialect];
    const running = RUNNING_WRITES[sql.dialect];
    this.activities = new WriteQueue(rowsPerWrite, running, (rows) => activityWrites.write(rows));
    this.calls = new WriteQueue(rowsPerWrite, running, (rows) => callWrites.write(rows));
    this.findActivities = activities.findIds.bind(activities);
    this.findCalls = calls.findIds.bind(calls);
  }

  /** @param body one activity, or an array of them, each judged by itself. */
  async recordActivity(body: unknown): Promise<SingleOutcome | BulkOutcome> {
    const receipt = this.receipt();
    const read = (value: unknown) => readActivity(value, receipt, this.config.storeFullIp);
    if (Array.isArray(body)) return this.recordBulk('user_activity', body, read, this.activities);
    const row = readSingleRow(body, ACTIVITY_FIELDS, read);
    return this.recordSingle('user_activity', row, this.activities, this.findActivities);
  }

  /** @param body one AI call, or an array of them, each judged by itself. */
  async recordAiCall(body: unknown): Promise<SingleOutcome | BulkOutcome> {
    const receipt = this.receipt();
    const read = (value: unknown) => readAiCall(value, receipt);
    if (Array.isArray(body)) return this.recordBulk('ai_call', body, read, this.calls, (rows) => this.count(rows));
    const row = readSingleRow(body, AI_CALL_FIELDS, read);
    return this.recordSingle('ai_call', row, this.calls, this.findCalls, (rows) => this.count(rows));
  }

  /** Stores calls that are known to be right. */
  async storeAiCalls(rows: readonly AiCallRow[]): Promise<void> {
    const stored = await this.calls.push(rows);
    this.count(rows.filter(({ id }) => stored.has(id)));
  }

  /** Rows of earlier times are refused: their like may be pruned. */
  earliestTime(): number {
    return Math.max(0, this.clock.now() - this.config.retentionDays * DAY_MS);
  }

  private async recordBulk<Row extends QueuedRow>(
    source: Source,
    body: readonly unknown[],
    read: (value: unknown) => Row,
    queue: WriteQueue<Row>,
    onStored?: (rows: readonly Row[]) => void,
  ): Promise<BulkOutcome> {
    const { rows, rejected } = readRows(body, read);
    const stored = await queue.push(rows);
    const inserted = rows.filter(({ id }) => stored.has(id));
    onStored?.(inserted);
    const duplicates = rows.length - inserted.length;
    this.metrics.countIngest(source, inserted.length, duplicates, rejected.length);
    return { received: body.length, inserted: inserted.length, duplicates, rejected };
  }

  private async recordSingle<Row extends QueuedRow>(
    source: Source,
    row: Row,
    queue: WriteQueue<Row>,
    find: FindIds,
    onStored?: (rows: readonly Row[]) => void,
  ): Promise<SingleOutcome> {
    const isNew = (await queue.push([row])).has(row.id);
    this.metrics.countIngest(source, isNew ? 1 : 0, isNew ? 0 : 1, 0);
    if (isNew) {
      onStored?.([row]);
      return { id: row.id };
    }
    const { eventId } = row;
    const ids = await this.transactions.read((transaction) => find(transaction, [eventId!]));
    return { id: ids.get(eventId!) ?? row.id };
  }

  private count(rows: readonly AiCallRow[]): void {
    this.metrics.countCalls(rows);
    if (rows.length > 0) this.spend.announce();
  }

  private receipt(): Receipt {
    return { receivedAt: this.clock.now(), earliest: this.earliestTime() };
  }
}
