import { EventEncoder } from '../modules/events/product/encoding/event-encoder.js';
import { generateShopMonth, listDemoDays, type DemoEvent } from './product-demo.js';

const UNTIL = Date.parse('2026-11-22T16:00:00Z');
const STEPS = ['view_item', 'add_to_cart', 'begin_checkout', 'purchase_success'];

describe('generateShopMonth', () => {
  const events = generateShopMonth(UNTIL, 'Europe/Berlin');

  it('should give the same events for the same time and zone', () => {
    expect(JSON.stringify(generateShopMonth(UNTIL, 'Europe/Berlin'))).toBe(JSON.stringify(events));
    expect(new Set(events.map((event) => event.eventId)).size).toBe(events.length);
  });

  it.each([
    ['at noon in UTC', '2026-11-22T12:00:00Z', 'UTC'],
    ['just after midnight', '2026-11-21T23:01:00Z', 'Europe/Berlin'],
    ['with a day of 23 hours', '2026-04-10T23:00:00Z', 'America/New_York'],
    ['with a day that begins at 01:00', '2025-05-02T12:00:00Z', 'Africa/Cairo'],
  ])('should fill the 30 local days that end now, %s', (_, now, timeZone) => {
    const until = Date.parse(now);
    const days = listDemoDays(until, timeZone);
    expect(days).toHaveLength(30);
    const times = generateShopMonth(until, timeZone).map((event) => Date.parse(event.timestamp));
    expect(times.length).toBeGreaterThan(40_000);
    expect(times.length).toBeLessThan(60_000);
    expect(times.every((time) => time >= days[0]!.start && time <= until)).toBe(true);
    expect(times.some((time, index) => time < (times[index - 1] ?? 0))).toBe(false);
    // The last day may be a minute old.
    const empty = days.slice(0, -1).filter(({ start, end }) => !times.some((time) => time >= start && time < end));
    expect(empty).toEqual([]);
  });

  it('should only make events that the ingest accepts', () => {
    const encoder = new EventEncoder();
    encoder.begin({ projectKey: 'a1b2c3d4e5f6', sentAt: null, receivedAt: 0, mayLink: () => false });
    expect(events.map((event) => encoder.encode(event)).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('should tell of about 2,000 persons, each of whose anonymous ids belongs to one user', () => {
    const persons = groupByPerson(events);
    expect(persons.size).toBeGreaterThan(1800);
    expect(persons.size).toBeLessThanOrEqual(2000);
    const users = new Map<string, string>();
    const linking = events.filter((event) => event.anonymousId !== undefined && event.userId !== undefined);
    for (const { anonymousId = '', userId = '' } of linking) {
      expect(users.get(anonymousId) ?? userId).toBe(userId);
      users.set(anonymousId, userId);
    }
    expect(users.size).toBeGreaterThan(200);
    expect(users.size).toBeGreaterThan(new Set(users.values()).size);
    expect(new Set(linking.map((event) => event.eventName))).toEqual(new Set(['login_success']));
  });

  it('should lose visitors at every step to the purchase, but not all', () => {
    const reached = STEPS.map(() => 0);
    for (const names of groupByPerson(events).values()) {
      let step = 0;
      for (const name of names) if (name === STEPS[step]) reached[step++]! += 1;
    }
    for (const [step, count] of reached.entries()) {
      if (step > 0) expect(count).toBeLessThan(0.9 * reached[step - 1]!);
    }
    expect(reached[3]).toBeGreaterThan(0.05 * reached[0]!);
  });

  it('should begin every checkout that ends, and abandon some', () => {
    const started = new Set<string>();
    let ended = 0;
    for (const { processName, processId = '', processStep } of events) {
      if (processStep === undefined) continue;
      expect(processName).toBe('checkout');
      if (processStep === 'START') {
        expect(started.has(processId)).toBe(false);
        started.add(processId);
      } else {
        expect(started.has(processId)).toBe(true);
        ended++;
      }
    }
    expect(ended).toBeGreaterThan(300);
    expect(ended).toBeLessThan(0.85 * started.size);
  });

  it('should carry the properties that the reports read', () => {
    const needed: Record<string, string[]> = {
      screen_view: ['screen_name'],
      button_click: ['button_id', 'button_text'],
      view_item: ['item_id', 'item_name'],
    };
    const incomplete = events.filter(({ eventName, properties }) =>
      ['country', 'platform', ...(needed[eventName] ?? [])].some((key) => typeof properties[key] !== 'string'),
    );
    expect(incomplete).toEqual([]);
  });

  it('should be busier in the evening than at night, and at weekends than in the middle of the week', () => {
    const hours = new Array<number>(24).fill(0);
    const weekdays = new Array<number>(7).fill(0);
    for (const { timestamp } of generateShopMonth(Date.parse('2026-11-22T23:59:00Z'), 'UTC')) {
      const time = new Date(timestamp);
      hours[time.getUTCHours()]! += 1;
      weekdays[time.getUTCDay()]! += 1;
    }
    expect(hours[20]).toBeGreaterThan(5 * hours[3]!);
    expect(weekdays[6]! + weekdays[0]!).toBeGreaterThan(1.2 * (weekdays[2]! + weekdays[3]!));
  });
});

/** Names of each person's events in order; ids carry the person's number: `user-12`, `anon-12-1`. */
function groupByPerson(events: readonly DemoEvent[]): Map<string, string[]> {
  const persons = new Map<string, string[]>();
  for (const { eventName, userId, anonymousId } of events) {
    const person = (userId ?? anonymousId ?? '').split('-')[1] ?? '';
    const names = persons.get(person) ?? [];
    names.push(eventName);
    persons.set(person, names);
  }
  return persons;
}
