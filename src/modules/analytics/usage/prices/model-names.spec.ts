import { PriceList } from './price-list.js';

const list = new PriceList(
  [
    'gpt-4.1-mini',
    'gpt-4o',
    'gpt-4o-2024-05-13',
    'gpt-3.5-turbo',
    'gpt-4',
    'ft:gpt-4o-mini',
    'gemini-2.0-flash',
    'gemini-2.5-flash-preview',
    'claude-sonnet-4',
    'claude-3-5-haiku',
    'mistral-large',
    'command-r',
  ].map((name) => ({
    name,
    provider: 'x',
    aliases: name === 'claude-3-5-haiku' ? ['claude-3.5-haiku'] : [],
    periods: [],
  })),
);

describe('the name of a model', () => {
  it.each([
    ['gpt-4.1-mini', 'gpt-4.1-mini'],
    ['GPT-4.1-Mini', 'gpt-4.1-mini'],
    [' gpt-4o ', 'gpt-4o'],
    ['gpt-4.1-mini-2025-04-14', 'gpt-4.1-mini'],
    ['gpt-4o-2024-08-06', 'gpt-4o'],
    ['gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['openai/gpt-4o-2024-05-13', 'gpt-4o-2024-05-13'],
    ['openai/gpt-4o', 'gpt-4o'],
    ['gpt-3.5-turbo-0125', 'gpt-3.5-turbo'],
    ['gpt-4-0613', 'gpt-4'],
    ['ft:gpt-4o-mini-2024-07-18:acme::8aBcD', 'ft:gpt-4o-mini'],
    ['models/gemini-2.0-flash-001', 'gemini-2.0-flash'],
    ['gemini-2.5-flash-preview-05-20', 'gemini-2.5-flash-preview'],
    ['gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash-preview'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-sonnet-4@20250514', 'claude-sonnet-4'],
    ['claude-3.5-haiku', 'claude-3-5-haiku'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
    ['mistral-large-2411', 'mistral-large'],
    ['command-r-08-2024', 'command-r'],
  ])('should find %p under %p', (given, expected) => {
    expect(list.labelOf(given)).toBe(expected);
  });

  it.each([
    'gpt-4o-mini-tts',
    'gpt-4o-2024',
    'gpt-4o-',
    'gpt-4o-2024-08-06-custom',
    'gpt-4o-mini:free',
    'evil/gpt-4o',
    'gpt',
    '',
    '__proto__',
    'constructor',
    `${'gpt-4o-'.repeat(20_000)}2024-08-06`,
  ])('should not take %p for a model that it only resembles', (given) => {
    expect([list.find(given), list.labelOf(given)]).toEqual([null, 'other']);
  });
});
