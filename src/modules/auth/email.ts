const MAX_LENGTH = 254;
// Deliberately loose: one @, something before it, a dotted or single-label domain after it, no spaces or controls.
// Linear: no part of it can match in two ways.
const SHAPE = /^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,253}$/u;

/** Whether the text can be an e-mail address. Never throws, whatever the text holds. */
export function isEmailAddress(value: unknown): value is string {
  if (typeof value !== 'string' || value.length > MAX_LENGTH || !SHAPE.test(value)) return false;
  const domain = value.slice(value.lastIndexOf('@') + 1);
  return domain.split('.').every((label) => label.length > 0 && label.length <= 63 && !/^-|-$/.test(label));
}

/** The form under which an address is unique: `Ann@Example.org` and `ann@example.org` are one account. */
export function emailKey(email: string): string {
  return email.trim().normalize('NFC').toLowerCase();
}
