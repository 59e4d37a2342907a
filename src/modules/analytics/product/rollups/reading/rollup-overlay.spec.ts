import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import type { DayHead } from '../format/day-head.js';
import { DAY_MS } from '../../day.js';
import { planOverlay, RollupOverlay } from './rollup-overlay.js';

const at = new Date(0);
const columns = (...times: number[]): SegmentColumns => ({
  length: times.length,
  times: Float64Array.from(times),
  names: ['a'],
  nameOf: new Uint32Array(times.length),
  actors: new Uint8Array(),
  actorOf: new Int32Array(times.length).fill(-1),
  linkedIds: [],
});
const epoch = (id: string, state: 'open' | 'sealed', own: boolean) => ({
  id,
  state,
  own,
  receivedFrom: at,
  openedAt: at,
});

describe('planOverlay', () => {
  it('should take segments before memory, and memory before raw events', () => {
    const [segment, memory] = [columns(1, 2), columns(1)];
    const live = [
      { epoch: 'sealing', receivedFrom: at, columns: memory },
      { epoch: 'open', receivedFrom: at, columns: memory },
      { epoch: 'uncertain', receivedFrom: at, columns: null },
      { epoch: 'rebuilt', receivedFrom: at, columns: null },
    ];
    const epochs = [
      epoch('sealing', 'open', true),
      epoch('open', 'open', true),
      epoch('uncertain', 'open', true),
      epoch('opened later', 'open', true),
      epoch('of another', 'open', false),
      epoch('of another, sealed since', 'open', false),
      epoch('sealed without events', 'sealed', false),
    ];
    const pending = ['sealing', 'rebuilt', 'of another, sealed since'].map((id) => ({ epoch: id, columns: segment }));
    expect(planOverlay(live, epochs, pending)).toEqual({
      segments: [...pending, { epoch: 'open', columns: memory }],
      toRead: [
        { epoch: 'uncertain', receivedFrom: at },
        { epoch: 'of another', receivedFrom: at },
      ],
    });
  });
});

describe('RollupOverlay', () => {
  it('should leave out what a day has merged already', () => {
    const segments = [
      { epoch: 'e1', columns: columns(5, DAY_MS + 1) },
      { epoch: 'e2', columns: columns(7, NaN) },
    ];
    const heads = [{ day: 0, applied: ['e0', 'e1'] }] as unknown as DayHead[];
    const overlay = new RollupOverlay(segments, heads);
    const timesOf = (day: number) => overlay.runsOf(day).map(({ times }) => [...times]);
    expect([timesOf(0), timesOf(1), timesOf(2)]).toEqual([[[7]], [[1]], []]);
    expect([...overlay.days].length).toBe(3);
  });
});
