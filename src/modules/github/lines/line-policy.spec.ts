import { areLinesKnown, linesWithoutCount, uncountableMark, type Lines } from './line-policy.js';

const counted: Lines = { loc: 120, locSource: 'counted', locOid: 'old' };
const cloc: Lines = { loc: 100, locSource: 'cloc', locOid: 'old' };
const estimated: Lines = { loc: 500, locSource: 'estimated', locOid: 'old' };
const nothing: Lines = { loc: 0, locSource: null, locOid: null };
const languages = [{ name: 'Go', bytes: 3600 }];

describe('areLinesKnown', () => {
  it.each([
    ['counted at the head', counted, 'old', true, true],
    ['counted before', counted, 'new', true, false],
    ['counted before, without git', counted, 'new', false, false],
    ['estimated at the head, without git', estimated, 'old', false, true],
    ['estimated at the head, now that there is git', estimated, 'old', true, false],
    ['never', nothing, 'old', true, false],
  ])('should judge lines %s', (_, stored, head, canCount, known) => {
    expect(areLinesKnown(stored, head, canCount)).toBe(known);
  });
});

describe('uncountableMark', () => {
  it('should be another one for another commit, and for another limit, which may be large enough', () => {
    const marks = [
      uncountableMark('a', { cloneMaxMegabytes: 1024 }),
      uncountableMark('b', { cloneMaxMegabytes: 1024 }),
      uncountableMark('a', { cloneMaxMegabytes: 2048 }),
    ];
    expect(new Set(marks).size).toBe(3);
  });
});

describe('linesWithoutCount', () => {
  it.each([
    ['keep what was counted', counted, counted],
    ['keep what cloc counted', cloc, cloc],
    ['replace an estimate', estimated, { loc: 100, locSource: 'estimated', locOid: 'new' }],
    ['estimate what was never counted', nothing, { loc: 100, locSource: 'estimated', locOid: 'new' }],
  ])('should %s', (_, stored, expected) => {
    expect(linesWithoutCount(stored, 'new', { languages })).toEqual(expected);
  });
});
