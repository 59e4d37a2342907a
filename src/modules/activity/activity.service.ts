import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../common/errors/domain.error.js';
import type {
  ActivityQuery,
  ActivitySource,
  ActivityVersionQuery,
  AfkPoint,
  AppUsagePoint,
  DailyMetricsPoint,
  WindowPoint,
} from './activity-points.js';

/** The activity points of people, wherever they are kept. Who may ask for them, `OrgsService` says. */
@Injectable()
export class ActivityService implements ActivitySource {
  afk(_query: ActivityQuery, _signal?: AbortSignal): AsyncIterable<readonly AfkPoint[]> {
    throw notYet();
  }

  windows(_query: ActivityQuery, _signal?: AbortSignal): AsyncIterable<readonly WindowPoint[]> {
    throw notYet();
  }

  appUsage(_query: ActivityQuery, _signal?: AbortSignal): AsyncIterable<readonly AppUsagePoint[]> {
    throw notYet();
  }

  dailyMetrics(_query: ActivityQuery, _signal?: AbortSignal): AsyncIterable<readonly DailyMetricsPoint[]> {
    throw notYet();
  }

  dataVersion(_query: ActivityVersionQuery, _signal?: AbortSignal): Promise<string> {
    throw notYet();
  }
}

function notYet(): UnavailableError {
  return new UnavailableError('Activity data cannot be read yet');
}
