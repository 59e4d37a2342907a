import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { sportOf } from './sports.js';
import { itWithFile } from '../../../../test/support/shared-file.js';

describe('sportOf', () => {
  it.each([
    ['running', 0, 'Running'],
    ['activity', -1, 'Activity'],
    ['hiking-rucking', 52, 'Hiking/Rucking'],
    ['track-field', 35, 'Track & Field'],
    ['barrys', 250, "Barry's"],
    ['weightlifting_msk', 123, 'Strength Trainer'],
    ['foam_rolling', 282, 'Foam Rolling'],
    ['reformer-pilates', null, 'Reformer Pilates'],
    ['sofa-olympics', null, 'Sofa Olympics'],
    ['', null, 'Unknown'],
    ['__proto__', null, 'Proto'],
  ])('should know %s', (slug, sportId, display) => {
    expect(sportOf(slug)).toEqual({ sportId, display });
  });

  const path = resolve('../shared/data/whoop/sports.json');
  itWithFile(path)('should know all of the table of sports, where that is at hand', () => {
    const { sports, observed_extra: extra } = JSON.parse(readFileSync(path, 'utf8')) as Record<string, any>;
    for (const { sport_id, sport_name, display } of [...sports, ...extra]) {
      expect([sport_name, sportOf(sport_name)]).toEqual([sport_name, { sportId: sport_id, display }]);
    }
  });
});
