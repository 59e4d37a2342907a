import { markup, type Markup } from './markup.js';

/** A coordinate with two decimals, which is finer than any screen. */
export function short(value: number): number {
  return Math.round(value * 100) / 100;
}

/** Place and size, as attributes. */
export function rectangle(x: number, y: number, width: number, height: number): Markup {
  return markup`x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}"`;
}
