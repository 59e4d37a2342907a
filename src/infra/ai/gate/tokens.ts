import { nameIndex } from './folded-text.js';
import type { MarkedText } from './known-names.js';

export interface Token {
  kind: 'number' | 'word' | 'name' | 'sign' | 'date' | 'clock' | 'bad';
  /** Lower case; numbers without thousands separators. */
  text: string;
  /** As written. */
  raw: string;
  start: number;
  end: number;
  /** No space stands between this token and the one before. */
  isGlued: boolean;
}

// In this order: the longest reading wins. A number is bad when its separators are not those of English.
const PATTERNS: [Token['kind'], RegExp][] = [
  ['date', /\d{4}-\d{2}-\d{2}(?![\d:-])/y],
  ['bad', /\d+(?:\.\d+){2,}|\d+[/-]\d+[/-]\d+/y],
  ['clock', /\d{1,4}:\d{2}(?::\d{2})?(?![\d:])/y],
  ['number', /\d{1,3}(?:[,']\d{3})+(?:\.\d+)?(?![\d.,']\d|\d)/y],
  ['bad', /\d+(?:[,']\d+)+(?:\.\d+)*|\d+\.\d+(?:[.,]\d+)+|\d+:[\d:]+/y],
  ['number', /\d+(?:\.\d+)?/y],
  ['name', /[\uE000-\uF8FF](?:'s)?/y],
  ['word', /[a-z]+(?:'[a-z]+)?/iy],
  ['sign', /[.,;:!?'"()\-/%&+#\u2044]/y],
];

/** Splits folded text. What is no token (spaces) is skipped. */
export function tokenize(folded: string): Token[] {
  const text = folded
    // Two letters that a reader sees as one.
    .replace(/vv/gi, 'w')
    .replace(/\b([ap])\. ?m\b\.?/gi, '$1m')
    .replace(/\bper cent\b/gi, 'percent')
    .replace(/\bo'clock\b/gi, 'oclock');
  const tokens: Token[] = [];
  for (let at = 0; at < text.length;) {
    const token = tokenAt(text, at, tokens.at(-1)?.end);
    if (token !== undefined) tokens.push(token);
    at = token?.end ?? at + 1;
  }
  return tokens;
}

function tokenAt(text: string, at: number, previousEnd: number | undefined): Token | undefined {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = at;
    const raw = pattern.exec(text)?.[0];
    if (raw === undefined) continue;
    const lower = raw.toLowerCase();
    const clean = kind === 'number' ? raw.replace(/[,']/g, '') : lower.replace(/'s$/, '');
    return { kind, text: clean, raw, start: at, end: at + raw.length, isGlued: previousEnd === at };
  }
  return undefined;
}

/** A reader's place among the tokens: looks ahead without failing at the end. */
export class TokenList {
  readonly tokens: readonly Token[];
  private readonly names: readonly string[];

  constructor({ text, names }: MarkedText) {
    this.tokens = tokenize(text);
    this.names = names;
  }

  get length(): number {
    return this.tokens.length;
  }

  at(index: number): Token | undefined {
    return this.tokens[index];
  }

  /** The lower-case text at `index`, or `''`. */
  text(index: number): string {
    return this.tokens[index]?.text ?? '';
  }

  isWord(index: number, ...words: string[]): boolean {
    const token = this.tokens[index];
    return token?.kind === 'word' && words.includes(token.text);
  }

  isSign(index: number, ...signs: string[]): boolean {
    const token = this.tokens[index];
    return token?.kind === 'sign' && signs.includes(token.text);
  }

  /** The name that stands at `index`, in lower case. */
  nameAt(index: number): string | undefined {
    const token = this.tokens[index];
    return token?.kind === 'name' ? this.names[nameIndex(token.text)] : undefined;
  }

  /** What stands from one token to another (exclusive), for a message. */
  excerpt(from: number, toExclusive: number): string {
    return this.tokens
      .slice(Math.max(0, from), toExclusive)
      .map((token, i) => (i > 0 && !token.isGlued ? ' ' : '') + token.raw.replace(/[\uE000-\uF8FF]/, '…'))
      .join('');
  }
}
