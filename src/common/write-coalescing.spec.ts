import { setImmediate as turn } from 'node:timers/promises';
import { Coalescer } from './write-coalescing.js';

const LIMITS = { running: 2, worthwhile: 1, events: 10, bytes: 100 };

/** Groups as they were begun; each ends when it is told to. */
function start(limits = LIMITS) {
  const groups: string[] = [];
  const ends: (() => void)[] = [];
  const coalescer = new Coalescer<string>(limits, (group) => {
    groups.push(group.join());
    return new Promise((resolve) => ends.push(resolve));
  });
  const push = (items: string, events = 1, bytes = 1) =>
    items.split('').forEach((item) => coalescer.push(item, { events, bytes }));
  return { coalescer, groups, push, end: (group: number) => ends[group]!() };
}

describe('Coalescer', () => {
  it('should do together what comes in one turn, or while others run', async () => {
    const { groups, push, end } = start();
    push('abc');
    expect(groups).toEqual([]);
    await turn();
    push('d');
    await turn();
    push('e');
    await turn();
    push('fg');
    await turn();
    expect(groups).toEqual(['a,b,c', 'd']);
    end(1);
    await turn();
    await turn();
    expect(groups).toEqual(['a,b,c', 'd', 'e,f,g']);
  });

  it('should keep each group within the limits, but let a single large one pass', async () => {
    const { groups, push, end } = start({ ...LIMITS, running: 1 });
    push('ab', 5);
    push('c', 1);
    push('d', 50);
    push('e', 1, 60);
    push('fg', 1, 40);
    for (let group = 0; group < 4; group++) {
      await turn();
      await turn();
      end(group);
    }
    await turn();
    await turn();
    expect(groups).toEqual(['a,b', 'c', 'd', 'e,f', 'g']);
  });

  it('should begin a group beside another only when it is worth it', async () => {
    const { groups, push, end } = start({ ...LIMITS, worthwhile: 3 });
    push('a');
    await turn();
    push('bc');
    await turn();
    await turn();
    expect(groups).toEqual(['a']);
    push('d');
    await turn();
    push('e');
    await turn();
    expect(groups).toEqual(['a', 'b,c,d']);
    end(1);
    end(0);
    await turn();
    await turn();
    expect(groups).toEqual(['a', 'b,c,d', 'e']);
  });

  it('should give back what has not begun', async () => {
    const { coalescer, groups, push, end } = start({ ...LIMITS, running: 1 });
    push('a');
    await turn();
    push('bc');
    expect(coalescer.takeWaiting()).toEqual(['b', 'c']);
    end(0);
    push('d');
    await turn();
    await turn();
    expect(groups).toEqual(['a', 'd']);
  });
});
