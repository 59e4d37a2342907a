import { Transform } from 'class-transformer';

/** An empty text counts as absent, for fields that have a default and cannot be empty themselves. */
export const EmptyIsAbsent = () => Transform(({ value }: { value: unknown }) => (value === '' ? undefined : value));
