import { Injectable, type MessageEvent } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { EventStreams, type WatchedState } from '../../../common/http/event-streams.js';
import { RefreshJobDto } from '../dto/refresh.dto.js';
import { RefreshService, type Refresh } from './refresh.service.js';

/** Refreshes as they go on. */
@Injectable()
export class RefreshEventsService {
  constructor(
    private readonly refreshes: RefreshService,
    private readonly streams: EventStreams,
  ) {}

  /** @throws RefreshJobNotFoundError, before anything is sent */
  async watch(id: string): Promise<Observable<MessageEvent>> {
    const first = toState(await this.refreshes.get(id));
    return this.streams.watch(`github-refresh:${id}`, first, async () => {
      const refresh = await this.refreshes.find(id);
      return refresh && toState(refresh);
    });
  }
}

function toState(refresh: Refresh): WatchedState {
  return { data: RefreshJobDto.from(refresh), isLast: refresh.job.completedAt !== null };
}
