import { jest } from '@jest/globals';
import type { MessageEvent } from '@nestjs/common';
import { EventStreams, TooManyEventStreamsError, type WatchedState } from './event-streams.js';

const state = (n: number, isLast = false): WatchedState => ({ data: { n }, isLast });

/** What a client gets, in the form `1,2,end`. */
function record(stream: ReturnType<EventStreams['watch']>) {
  const got: string[] = [];
  let isOver = false;
  const subscription = stream.subscribe({
    next: (event: MessageEvent) => {
      const { data, type, comment } = event as { data?: { n: number }; type?: string; comment?: string };
      got.push(type ?? comment ?? String(data?.n));
    },
    complete: () => (isOver = true),
  });
  return { got, isOver: () => isOver, leave: () => subscription.unsubscribe() };
}

describe('EventStreams', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  it('should send the state at once, each change, and an end', async () => {
    const states = [state(1), state(1), state(2), state(3, true)];
    const client = record(new EventStreams().watch('a', state(1), async () => states.shift() ?? null));
    expect(client.got).toEqual(['1']);
    await jest.advanceTimersByTimeAsync(5000);
    expect(client.got).toEqual(['1', '2', '3', 'end']);
    expect(client.isOver()).toBe(true);
  });

  it('should end at once what is over already', () => {
    const client = record(new EventStreams().watch('a', state(7, true), async () => state(8)));
    expect(client.got).toEqual(['7', 'end']);
    expect(client.isOver()).toBe(true);
  });

  it('should read once for all who watch, and not at all when they have left', async () => {
    const streams = new EventStreams();
    let reads = 0;
    const read = async () => state((reads += 1));
    const clients = Array.from({ length: 5 }, () => record(streams.watch('a', state(0), read)));
    await jest.advanceTimersByTimeAsync(3500);
    expect(reads).toBe(3);
    for (const client of clients) expect(client.got).toEqual(['0', '1', '2', '3']);
    for (const client of clients) client.leave();
    await jest.advanceTimersByTimeAsync(5000);
    expect(reads).toBe(3);
  });

  it('should keep the connection alive, bear a store that is away, and end when the thing is gone', async () => {
    let reads = 0;
    const read = async () => {
      reads += 1;
      if (reads < 20) throw new Error('away');
      return null;
    };
    const client = record(new EventStreams().watch('a', state(0), read));
    await jest.advanceTimersByTimeAsync(19_500);
    expect(client.got).toEqual(['0', 'alive']);
    await jest.advanceTimersByTimeAsync(1000);
    expect(client.got).toEqual(['0', 'alive', 'end']);
  });

  it('should bear no more clients than it can, and others when some have left', () => {
    const streams = new EventStreams();
    const watch = () => streams.watch('a', state(0), async () => state(0));
    const clients = Array.from({ length: 500 }, () => record(watch()));
    expect(watch).toThrow(TooManyEventStreamsError);
    clients[0]!.leave();
    clients.push(record(watch()));
    for (const client of clients) client.leave();
  });

  it('should end all streams when the server stops, and begin no lasting one after', async () => {
    const streams = new EventStreams();
    const client = record(streams.watch('a', state(0), async () => state(0)));
    await jest.advanceTimersByTimeAsync(1000);
    streams.beforeApplicationShutdown();
    expect(client.got).toEqual(['0', 'end']);
    expect(record(streams.watch('a', state(0), async () => state(0))).got).toEqual(['0', 'end']);
  });
});
