import { Injectable, type BeforeApplicationShutdown, type MessageEvent } from '@nestjs/common';
import { Observable, ReplaySubject, type Subscriber } from 'rxjs';
import { UnavailableError } from '../errors/domain.error.js';

const INTERVAL_MS = 1000;
/** Proxies close connections on which nothing comes. */
const HEARTBEAT_MS = 15_000;
/** After a lost connection a browser asks again. */
const RETRY_MS = 3000;
/** Of all callers in this process. */
const MAX_STREAMS = 500;

export class TooManyEventStreamsError extends UnavailableError {
  constructor() {
    super('Too many clients are listening; ask for the status instead', 5, 'TOO_MANY_EVENT_STREAMS');
  }
}

export interface WatchedState {
  /** The state as clients get it: JSON. */
  data: object;
  /** Nothing will change any more: the stream ends after this. */
  isLast: boolean;
}

/**
 * Server-sent events of something whose state is stored: the state at once, then each change, then `event: end`. However many
 * clients watch one thing, it is read once a second. Streams end when the server stops; a client that asks again goes on with
 * the state as it is then, so nothing has to be remembered of it.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly watches = new Map<string, Watch>();
  private streams = 0;
  private stopped = false;

  /**
   * @param key names what is watched
   * @param first the state now: what does not exist is an error of the caller, before the stream begins
   * @param read the state later; `null`: it is gone, and the stream ends
   * @throws TooManyEventStreamsError
   */
  watch(key: string, first: WatchedState, read: () => Promise<WatchedState | null>): Observable<MessageEvent> {
    if (this.streams >= MAX_STREAMS) throw new TooManyEventStreamsError();
    return new Observable((subscriber) => {
      subscriber.next({ retry: RETRY_MS, data: first.data });
      if (first.isLast || this.stopped) return end(subscriber);
      const heartbeat = setInterval(() => subscriber.next({ comment: 'alive', data: undefined }), HEARTBEAT_MS);
      heartbeat.unref();
      this.streams += 1;
      let sent = JSON.stringify(first.data);
      const watch = this.join(key, read);
      const subscription = watch.states.subscribe({
        next: ({ data }) => {
          const text = JSON.stringify(data);
          if (text === sent) return;
          sent = text;
          subscriber.next({ data });
        },
        complete: () => end(subscriber),
      });
      return () => {
        this.streams -= 1;
        clearInterval(heartbeat);
        subscription.unsubscribe();
        this.leave(key, watch);
      };
    });
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    for (const watch of this.watches.values()) watch.stop();
  }

  private join(key: string, read: () => Promise<WatchedState | null>): Watch {
    let watch = this.watches.get(key);
    if (watch === undefined) this.watches.set(key, (watch = new Watch(read)));
    watch.clients += 1;
    return watch;
  }

  private leave(key: string, watch: Watch): void {
    watch.clients -= 1;
    if (watch.clients > 0) return;
    watch.stop();
    if (this.watches.get(key) === watch) this.watches.delete(key);
  }
}

/** One thing that is read again and again while somebody watches it. */
class Watch {
  readonly states = new ReplaySubject<WatchedState>(1);
  clients = 0;
  private reading = false;
  private readonly timer = setInterval(() => void this.look(), INTERVAL_MS).unref();

  constructor(private readonly read: () => Promise<WatchedState | null>) {}

  stop(): void {
    clearInterval(this.timer);
    this.states.complete();
  }

  private async look(): Promise<void> {
    if (this.reading) return;
    this.reading = true;
    try {
      const state = await this.read();
      if (state !== null) this.states.next(state);
      if (state === null || state.isLast) this.stop();
    } catch {
      // A store that is away for a moment: the next look tells.
    } finally {
      this.reading = false;
    }
  }
}

function end(subscriber: Subscriber<MessageEvent>): void {
  subscriber.next({ type: 'end', data: {} });
  subscriber.complete();
}
