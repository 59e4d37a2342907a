/** A whole number with separators: 1,234. */
export function countText(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** "1 site", "2 sites", "1,234 events". */
export function plural(count: number, singular: string, several = `${singular}s`): string {
  return `${countText(count)} ${Math.round(count) === 1 ? singular : several}`;
}

/** Minutes as people say them: "6 h 15 min", "45 min", "2 h", "less than a minute". */
export function durationText(minutes: number): string {
  const whole = Math.round(minutes);
  if (whole < 1) return minutes > 0 ? 'less than a minute' : '0 min';
  const [hours, rest] = [Math.floor(whole / 60), whole % 60];
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${countText(hours)} h` : `${countText(hours)} h ${rest} min`;
}

/** "a", "a and b", "a, b and c". */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items[0] ?? '';
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** 43.75, 44, 43.5: two decimals at most. */
export function decimalText(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** The first letter in upper case. */
export function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
