import { RecentEpochs } from './recent-epochs.js';

describe('RecentEpochs', () => {
  it('should keep what exists, and what is gone until no report can hold it any more', () => {
    let now = 1000;
    const recent = new RecentEpochs(() => now);
    const existing = new Set(['new', 'old']);
    expect(recent.keep(['old', 'new', 'gone'], existing)).toEqual(['old', 'new', 'gone']);
    now += 119_000;
    existing.delete('old');
    expect(recent.keep(['old', 'new', 'gone'], existing)).toEqual(['old', 'new', 'gone']);
    now += 1000;
    expect(recent.keep(['old', 'new', 'gone'], existing)).toEqual(['old', 'new']);
    now += 119_000;
    expect(recent.keep(['old', 'new'], existing)).toEqual(['new']);
  });
});
