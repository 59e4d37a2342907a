import { MAX_INSTANT } from '../../../../common/time/instant.js';
import { NO_TIME } from '../../../events/product/links/identity-merge.js';
import { NO_TIME_DAY } from '../day.js';
import { stretchesToScan } from './scan-stretches.js';

const DAY_MS = 86_400_000;

/** `t` events with a time, `r` those without, in the order of receipt; from and to in days. */
const shown = (days: number[] | null, firstLinkAt: number | null): string[] =>
  stretchesToScan(days, firstLinkAt).map(({ order, from, toExclusive, onlyWithoutTime }) => {
    const kind = order === 'timestamp' ? 't' : 'r';
    expect(onlyWithoutTime === true).toBe(kind === 'r');
    const day = (date: Date | null) => (date === null ? '' : `${date.getTime() / DAY_MS}`);
    return `${kind} ${day(from)}..${day(toExclusive)}`;
  });

const EDGE = MAX_INSTANT / DAY_MS;

describe('stretchesToScan', () => {
  it.each([
    ['nothing', [], null, []],
    ['days, joined where they touch', [7, 3, 4, 4, -1], null, ['t -1..0', 't 3..5', 't 7..8']],
    ['the day of the events without a time', [NO_TIME_DAY, 3], null, ['t 3..4', `r ${-EDGE}..`]],
    ['all from the day of the first link on', [2, 5, 9], 5.5 * DAY_MS, ['t 2..3', 't 5..', `r ${-EDGE}..`]],
    ['all from the first link on, without days', [], 5.5 * DAY_MS, ['t 5..', `r ${-EDGE}..`]],
    ['a first link without a time', [3], NO_TIME, ['t 3..4', `t ${EDGE}..`, `r ${-EDGE}..`]],
    ['everything', null, null, [`t ${-EDGE}..`, `r ${-EDGE}..`]],
    ['everything, with links', null, 5 * DAY_MS, [`t ${-EDGE}..`, `r ${-EDGE}..`]],
    ['the last day a date can hold', [EDGE], null, [`t ${EDGE}..`]],
  ])('should be %s', (_, days, firstLinkAt, expected) => {
    expect(shown(days, firstLinkAt)).toEqual(expected);
  });
});
