import { newProjectKey, printableKey } from './project-key.js';

describe('newProjectKey', () => {
  it('should give 12 lower-case hex digits that differ', () => {
    const keys = new Set(Array.from({ length: 1000 }, newProjectKey));
    expect(keys.size).toBe(1000);
    for (const key of keys) expect(key).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('printableKey', () => {
  it.each([
    ['abc123', 'abc123'],
    ['a\nb\u0000c\u001b[31m\u2028', 'abc[31m'],
    ['x'.repeat(100), 'x'.repeat(64)],
    [`${'x'.repeat(63)}😀`, 'x'.repeat(63)],
    ['Zürich 😀', 'Zürich 😀'],
  ])('should print %j as %j', (key, printed) => {
    expect(printableKey(key)).toBe(printed);
  });
});
