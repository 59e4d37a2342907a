import { Injectable } from '@nestjs/common';
import { ActivityCellsRepository } from '../activity/activity-cells.repository.js';
import { ActivityDeltas } from '../activity/activity-deltas.js';
import { append, bySessionOrder, NEVER, type Session } from '../activity/session-chain.js';
import { SessionsRepository } from '../activity/sessions.repository.js';
import { latencyName } from '../calls/ai-call-writes.service.js';
import { aiCellChanges, AiCellsRepository } from '../calls/ai-cells.repository.js';
import { AiDeltas } from '../calls/ai-deltas.js';
import { addableTokens } from '../calls/call-series.js';
import { CallSeriesNames } from '../names/call-series.service.js';
import { UsageNames } from '../names/usage-names.service.js';
import { DAY_MS } from '../quarter.js';
import { UsageTransactions, type UsageTransaction } from '../usage-transaction.repository.js';
import { UsageRebuildRepository, type CountedActivity } from './usage-rebuild.repository.js';

const USERS_AT_ONCE = 200;
const SESSIONS_AT_ONCE = 5000;

export type RebuildOutcome =
  | { kind: 'rebuilt'; activities: number; sessions: number; calls: number }
  /** So many rows that rollups have counted are not there any more. */
  | { kind: 'refused'; activities: number; calls: number };

/**
 * Makes all rollups again from raw rows, in one transaction: reports show the old ones until it is done, and nothing is
 * written meanwhile. For the time after a fault.
 */
@Injectable()
export class UsageRebuild {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly rows: UsageRebuildRepository,
    private readonly sessions: SessionsRepository,
    private readonly activityCells: ActivityCellsRepository,
    private readonly aiCells: AiCellsRepository,
    private readonly names: UsageNames,
    private readonly series: CallSeriesNames,
  ) {}

  /** @param force even when raw rows were pruned or erased: what only rollups know is lost. */
  async run(force: boolean): Promise<RebuildOutcome> {
    const scopes = await this.latencyScopes();
    return this.transactions.write(async (transaction) => {
      const missing = await this.rows.missingRows(transaction);
      if (!force && (missing.activities > 0 || missing.calls > 0)) return { kind: 'refused', ...missing };
      await this.rows.deleteRollups(transaction);
      const activity = await this.rebuildActivity(transaction);
      return { kind: 'rebuilt', ...activity, calls: await this.rebuildCalls(transaction, scopes) };
    });
  }

  private async rebuildActivity(transaction: UsageTransaction): Promise<{ activities: number; sessions: number }> {
    const deltas = new ActivityDeltas();
    const counts = { activities: 0, sessions: 0 };
    await this.rows.copyActivities(transaction);
    const last = await this.rows.lastUser(transaction);
    let waiting: [number, Session][] = [];
    const save = async (): Promise<void> => {
      counts.sessions += waiting.length;
      await this.sessions.save(transaction, waiting);
      waiting = [];
    };
    for (let after = 0; after < last; after += USERS_AT_ONCE) {
      const activities = await this.rows.listActivities(transaction, after, after + USERS_AT_ONCE);
      counts.activities += activities.length;
      for (const { at, action } of activities) deltas.addEvent(at, action);
      for (const [user, session] of sessionsOf(activities)) {
        deltas.addSession(session, 1);
        waiting.push([user, session]);
        if (waiting.length === SESSIONS_AT_ONCE) await save();
      }
    }
    await save();
    await this.rows.dropCopy(transaction);
    await this.activityCells.add(transaction, deltas);
    return counts;
  }

  private async rebuildCalls(transaction: UsageTransaction, scopes: Map<number, number[]>): Promise<number> {
    const times = await this.rows.callTimes(transaction);
    if (times === null) return 0;
    let calls = 0;
    for (let day = Math.floor(times.first / DAY_MS) * DAY_MS; day <= times.last; day += DAY_MS) {
      const deltas = new AiDeltas();
      const rows = await this.rows.listCalls(transaction, day, day + DAY_MS);
      for (const row of rows) deltas.add({ ...row, scopes: scopes.get(row.series)!, tokens: addableTokens(row) });
      if (rows.length > 0) await this.aiCells.add(transaction, aiCellChanges(deltas));
      calls += rows.length;
    }
    return calls;
  }

  /** Of each series the numbers of its kind of call, and of its model with that. */
  private async latencyScopes(): Promise<Map<number, number[]>> {
    const scopes = new Map<number, number[]>();
    for (const series of await this.series.listAll()) {
      const type = await this.names.numbersOf('call_type', [series.callType]);
      const latency = await this.names.numbersOf('latency', [latencyName(series)]);
      scopes.set(series.id, [...type.values(), ...latency.values()]);
    }
    return scopes;
  }
}

function* sessionsOf(activities: CountedActivity[]): Generator<[user: number, session: Session]> {
  activities.sort((a, b) => a.user - b.user || bySessionOrder(a, b));
  let user: number | undefined;
  let sessions: Session[] = [];
  for (const activity of activities) {
    if (activity.user !== user) {
      for (const session of sessions) yield [user!, session];
      user = activity.user;
      sessions = [];
    }
    append(sessions, activity, NEVER);
  }
  for (const session of sessions) yield [user!, session];
}
