import { Injectable } from '@nestjs/common';
import type { TimeRange } from '../../../common/time/range.js';
import type { EventSource } from './event-source.js';
import { RawEventSource, type RawEventOptions } from './raw/raw-event-source.js';
import { RawEventSourceRepository } from './raw/raw-event-source.repository.js';
import { RollupDataService } from './rollups/reading/rollup-data.service.js';
import { RollupEventSource } from './rollups/reading/rollup-event-source.js';
import { RollupSnapshotsService } from './rollups/reading/rollup-snapshots.service.js';
import { RollupView } from './rollups/reading/rollup-view.js';

export interface EventSourceOptions extends RawEventOptions {
  /** Raw events, even where rollups could answer. */
  raw?: boolean;
  /** Covers all that the report will ask for; absent: anything. Outside it, days may be out of date. */
  range?: TimeRange;
}

const ANY_TIME: TimeRange = { from: null, toExclusive: null };

/** Opens the source of events for one report. */
@Injectable()
export class EventSourcesService {
  constructor(
    private readonly rawEvents: RawEventSourceRepository,
    private readonly snapshots: RollupSnapshotsService,
    private readonly data: RollupDataService,
  ) {}

  /** Rollups where they can answer, else raw events. What was acknowledged before the call is in the answers. */
  async open(projectKey: string, options: EventSourceOptions = {}): Promise<EventSource> {
    const raw = new RawEventSource(this.rawEvents, projectKey, options);
    if (!isRollable(options)) return raw;
    const view = await this.openView(projectKey, options.range);
    if (view === null) return raw;
    return new RollupEventSource(view, async () => (await this.openView(projectKey, options.range)) ?? raw);
  }

  private async openView(projectKey: string, range = ANY_TIME): Promise<EventSource | null> {
    const snapshot = await this.snapshots.open(projectKey, range);
    return snapshot && new RollupView(snapshot, this.data);
  }
}

/** Rollups know names, times and persons of events. */
function isRollable({ raw, filters, breakdown, processName }: EventSourceOptions): boolean {
  return raw !== true && (filters ?? []).length === 0 && breakdown === undefined && processName === undefined;
}
