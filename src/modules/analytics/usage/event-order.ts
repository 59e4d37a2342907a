/** Orders rows by the id that their client gave them; those without one stand first. */
export function byEventId(a: { eventId: string | null }, b: { eventId: string | null }): number {
  const [first, second] = [a.eventId ?? '', b.eventId ?? ''];
  return first < second ? -1 : Number(first > second);
}
