import fc from 'fast-check';
import { eventBatches, type StreamedEvent } from '../../../../../test/factories/event-batch.factory.js';
import { Funnel } from './funnel.js';
import { funnelBreakdown, funnelSteps, type FunnelStepResult } from './funnel-results.js';

const MINUTE = 60_000;
const TEN_MINUTES = 10 * MINUTE;

/** `A0 B8` → events with minutes after 0. */
function parse(text: string, person: number): StreamedEvent[] {
  return text
    .split(' ')
    .filter(Boolean)
    .map((event) => ({ person, eventName: event[0]!, time: Math.round(Number(event.slice(1)) * MINUTE) }));
}

interface Run {
  steps: string[];
  windowMs?: number;
  now?: number;
  groups?: string[];
  lengths?: number[];
}

function follow(events: StreamedEvent[], { steps, windowMs = TEN_MINUTES, groups, lengths }: Run): Funnel {
  const names = [...new Set(steps)];
  const funnel = new Funnel(
    steps.map((step) => names.indexOf(step)),
    windowMs,
    groups && { groups },
  );
  const ofSteps = events.filter(({ eventName }) => names.includes(eventName!));
  for (const batch of eventBatches(ofSteps, names, lengths)) funnel.add(batch);
  return funnel;
}

const reading = ({ steps, windowMs = TEN_MINUTES, now = 0 }: Run) => ({ eventNames: steps, windowMs, now });

function run(persons: string[], steps: string, options: Omit<Run, 'steps'> = {}): Promise<FunnelStepResult[]> {
  const asked = { steps: steps.split(','), ...options };
  return funnelSteps(follow(persons.flatMap(parse), asked), reading(asked));
}

describe('Funnel', () => {
  it.each([
    ['A0 A60 B65', 'A,B', [1, 1], [null, 300]],
    ['A0 B8 C15', 'A,B,C', [1, 1, 0], [null, 480, null]],
    ['A0 B1 A8 B9 C17', 'A,B,C', [1, 1, 1], [null, 60, 480]],
    ['A0 B1 A8 C9', 'A,B,C', [1, 1, 1], [null, 60, 480]],
    ['A0 B10', 'A,B', [1, 1], [null, 600]],
    [`A0 B${10 + 0.001 / 60}`, 'A,B', [1, 0], [null, null]],
    ['A0', 'A,A', [1, 0], [null, null]],
    ['F1 P10 P10 P11', 'F,P,P', [1, 1, 1], [null, 540, 0]],
    ['B5 A5', 'A,B', [1, 1], [null, 0]],
    // An incomplete later try does not change timings.
    ['A0 B5 A20', 'A,B', [1, 1], [null, 300]],
    ['A0 B5 A20 B21', 'A,B', [1, 1], [null, 300]],
    ['A0 B5 A20 B21', 'A,B,C', [1, 1, 0], [null, 300, null]],
    // Groups of one millisecond.
    ['A0 A0', 'A,A', [1, 1], [null, 0]],
    ['C5 B5 A5', 'A,B,C', [1, 1, 1], [null, 0, 0]],
    ['A1 A5 B5', 'A,A,B', [1, 1, 1], [null, 240, 0]],
    ['A5 B5', 'A,A,B', [1, 0, 0], [null, null, null]],
    ['A1 A5 B5 A5', 'A,B,A', [1, 1, 1], [null, 0, 0]],
    ['A1 B5 A5', 'A,B,A', [1, 1, 1], [null, 240, 0]],
    // Several chains end with the same event: latest start, then earliest steps between.
    ['A0 A2 B3 B4 C5', 'A,B,C', [1, 1, 1], [null, 60, 120]],
    ['', 'A,B', [0, 0], [null, null]],
    ['B1 C2', 'A,B', [0, 0], [null, null]],
  ] as [string, string, number[], (number | null)[]][])(
    'should follow %p over steps %p (T1)',
    async (events, steps, users, seconds) => {
      const results = await run([events], steps);
      expect(results.map((step) => step.users)).toEqual(users);
      expect(results.map((step) => step.medianSecondsFromPrevious)).toEqual(seconds);
    },
  );

  it('should give the medians of the three players (T1)', async () => {
    const hour = (text: string) => text.replace(/(\d+)/g, (hours) => String(Number(hours) * 60));
    expect(await run(['S12 P13 B15', 'S14 P16', 'S14 P16 B17'].map(hour), 'S,P,B', { windowMs: Infinity })).toEqual([
      { eventName: 'S', users: 3, conversionRate: 1, dropOff: 0, medianSecondsFromPrevious: null, inProgress: 0 },
      { eventName: 'P', users: 3, conversionRate: 1, dropOff: 0, medianSecondsFromPrevious: 7200, inProgress: 1 },
      {
        eventName: 'B',
        users: 2,
        conversionRate: 2 / 3,
        dropOff: 1 - 2 / 3,
        medianSecondsFromPrevious: 5400,
        inProgress: 0,
      },
    ]);
  });

  it('should give rates of 0 after a step that nobody reached', async () => {
    const rates = async (persons: string[]) =>
      (await run(persons, 'A,B,C')).map((step) => [step.conversionRate, step.dropOff]);
    expect(await rates(['A0'])).toEqual([
      [1, 0],
      [0, 1],
      [0, 0],
    ]);
    expect(await rates([])).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
  });

  it.each([
    // The window of A0 ends with minute 10, which belongs to it.
    ['A0', 10, [1, 0, 0]],
    ['A0', 10 + 0.001 / 60, [0, 0, 0]],
    // A later start goes on longer, whatever the chain that is reported.
    ['A0 A5', 15, [1, 0, 0]],
    ['A0 B1 A8', 10, [0, 1, 0]],
    ['A0 B1 A8', 11, [0, 0, 0]],
    ['A0 B1 A8 B9', 18, [0, 1, 0]],
    ['A0 B1 C2 A3', 4, [0, 0, 0]],
    ['B1', 2, [0, 0, 0]],
  ])('should know whether %p is in progress in minute %p', async (events, minute, expected) => {
    const now = Math.round(minute * MINUTE);
    expect((await run([events], 'A,B,C', { now })).map((step) => step.inProgress)).toEqual(expected);
  });

  it('should refuse events out of order', () => {
    const funnel = new Funnel([0, 1], Infinity);
    const names = ['A', 'B'];
    for (const batch of eventBatches([{ person: 0, eventName: 'A', time: 2 }], names)) funnel.add(batch);
    const [late] = eventBatches([{ person: 1, eventName: 'B', time: 1 }], names);
    expect(() => funnel.add(late!)).toThrow(RangeError);
  });

  it('should leave out events of nobody', async () => {
    const events = [
      { person: -1, eventName: 'A', time: 1 },
      { person: 7000, eventName: 'A', time: 1 },
      { person: -1, eventName: 'B', time: 2 },
    ];
    const asked = { steps: ['A', 'B'] };
    expect((await funnelSteps(follow(events, asked), reading(asked))).map((step) => step.users)).toEqual([1, 0]);
  });

  it('should answer the same when asked twice and go on afterwards', async () => {
    const asked = { steps: ['A', 'B'] };
    const funnel = follow([{ person: 0, eventName: 'A', time: 1 }], asked);
    expect(await funnelSteps(funnel, reading(asked))).toEqual(await funnelSteps(funnel, reading(asked)));
    for (const batch of eventBatches([{ person: 0, eventName: 'B', time: 2 }], asked.steps)) funnel.add(batch);
    expect((await funnelSteps(funnel, reading(asked))).map((step) => step.users)).toEqual([1, 1]);
  });

  it('should agree with all assignments of distinct events to steps', async () => {
    const name = fc.constantFrom('A', 'B', 'C');
    const events = fc.array(
      fc.record({ eventName: name, time: fc.integer({ min: 0, max: 8 }), group: fc.integer({ min: 0, max: 2 }) }),
      { maxLength: 8 },
    );
    // Not in the order of the text, which decides between groups of one millisecond.
    const groups = ['y', 'x', 'z'];
    await fc.assert(
      fc.asyncProperty(
        fc.array(events, { minLength: 1, maxLength: 4 }),
        fc.array(name, { minLength: 2, maxLength: 5 }),
        fc.option(fc.integer({ min: 0, max: 8 })),
        fc.integer({ min: 0, max: 16 }),
        fc.array(fc.integer({ min: 1, max: 4 })),
        async (persons, steps, window, now, lengths) => {
          const asked = { steps, windowMs: window ?? Infinity, now, groups, lengths };
          const stream = persons.flatMap((list, person) => list.map((event) => ({ ...event, person })));
          const funnel = follow(stream, asked);
          const chains = persons.map((list) => deepestChain(list, steps, asked.windowMs));
          expect(await funnelSteps(funnel, reading(asked))).toEqual(figuresOf(chains, asked));

          const { breakdown, otherValues } = await funnelBreakdown(funnel, groups, reading(asked));
          expect(otherValues).toBe(0);
          for (const [group, value] of groups.entries()) {
            const mine = chains.filter((chain) => chain?.group === group);
            const listed = breakdown.find((one) => one.value === value)?.steps;
            expect(listed).toEqual(mine.length === 0 ? undefined : figuresOf(mine, asked));
          }
        },
      ),
      { numRuns: 3000 },
    );

    interface Chain {
      times: number[];
      group: number;
    }

    /** Tries every way to fill the steps and picks the chain by the rule; the latest start of those as deep. */
    function deepestChain(
      list: { eventName: string; time: number; group: number }[],
      steps: string[],
      window: number,
    ): (Chain & { latestStart: number }) | undefined {
      const all: Chain[] = [];
      const fill = (times: number[], used: Set<number>, group: number): void => {
        if (times.length > 0) all.push({ times, group });
        if (times.length === steps.length) return;
        list.forEach(({ eventName, time, group: own }, i) => {
          if (used.has(i) || eventName !== steps[times.length]) return;
          if (times.length > 0 && (time < times.at(-1)! || time - times[0]! > window)) return;
          fill([...times, time], new Set([...used, i]), times.length === 0 ? own : group);
        });
      };
      fill([], new Set(), 0);
      all.sort((one, other) => {
        const [a, b] = [one.times, other.times];
        if (a.length !== b.length) return b.length - a.length;
        if (a.at(-1) !== b.at(-1)) return a.at(-1)! - b.at(-1)!;
        if (a[0] !== b[0]) return b[0]! - a[0]!;
        const differs = a.findIndex((time, i) => time !== b[i]);
        if (differs >= 0) return a[differs]! - b[differs]!;
        return groups[one.group]! < groups[other.group]! ? -1 : 1;
      });
      const first = all[0];
      if (first === undefined) return undefined;
      const asDeep = all.filter(({ times }) => times.length === first.times.length);
      return { ...first, latestStart: Math.max(...asDeep.map(({ times }) => times[0]!)) };
    }

    function figuresOf(
      chains: (ReturnType<typeof deepestChain> | undefined)[],
      { steps, windowMs, now }: { steps: string[]; windowMs: number; now: number },
    ): FunnelStepResult[] {
      const there = steps.map((_, i) => chains.filter((chain) => chain !== undefined && chain.times.length > i));
      return steps.map((eventName, i) => {
        const gaps =
          i === 0
            ? []
            : there[i]!.map((chain) => (chain!.times[i]! - chain!.times[i - 1]!) / 1000).sort((a, b) => a - b);
        const users = there[i]!.length;
        const before = i === 0 ? 0 : there[i - 1]!.length;
        return {
          eventName,
          users,
          conversionRate: there[0]!.length === 0 ? 0 : users / there[0]!.length,
          dropOff: before === 0 ? 0 : 1 - users / before,
          medianSecondsFromPrevious:
            gaps.length === 0 ? null : (gaps[(gaps.length - 1) >> 1]! + gaps[gaps.length >> 1]!) / 2,
          inProgress: chains.filter(
            (chain) => chain?.times.length === i + 1 && i + 1 < steps.length && now <= chain.latestStart + windowMs,
          ).length,
        };
      });
    }
  });

  it('should list the 25 values with the most persons, ties by value', async () => {
    const groups = Array.from({ length: 30 }, (_, i) => `v${String(29 - i).padStart(2, '0')}`);
    const events = groups.map((_, group) => ({ person: group, eventName: 'A', time: group, group }));
    events.push({ person: 30, eventName: 'A', time: 40, group: 0 });
    const asked = { steps: ['A', 'B'], groups };
    const { breakdown, otherValues } = await funnelBreakdown(follow(events, asked), groups, reading(asked));
    expect(otherValues).toBe(5);
    expect(breakdown.map(({ value }) => value)).toEqual(['v29', ...groups.slice(6).reverse()]);
    expect(breakdown[0]!.steps[0]).toMatchObject({ users: 2 });
  });
});
