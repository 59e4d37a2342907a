/** Kinds of calls that are counted by name are so in any case; others stay as they are written, without space around. */
export function callTypeName(text: string): string {
  const callType = text.trim();
  const lower = callType.toLowerCase();
  return lower === 'completion' || lower === 'embedding' ? lower : callType;
}
