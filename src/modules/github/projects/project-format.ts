/** Epoch milliseconds as the old server wrote times: UTC, to the second. */
export function isoSeconds(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

/** `MM/DD/YYYY, hh:mm:ss AM|PM` in UTC, or `Never`. */
export function lastFinished(time: number | null): string {
  if (time === null) return 'Never';
  const date = new Date(time);
  const two = (value: number): string => String(value).padStart(2, '0');
  const hour = date.getUTCHours();
  const clock = [hour % 12 === 0 ? 12 : hour % 12, date.getUTCMinutes(), date.getUTCSeconds()].map(two).join(':');
  const day = [date.getUTCMonth() + 1, date.getUTCDate()].map(two).join('/');
  return `${day}/${date.getUTCFullYear()}, ${clock} ${hour < 12 ? 'AM' : 'PM'}`;
}

export function oneDecimal(value: number): number {
  return Math.round(value * 10) / 10;
}
