import { ValidateBy, type ValidationOptions } from 'class-validator';

// Names only. Temporal and newer Intl also take offsets ("+02:00"), which have no calendar of their own.
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]{0,63}$/;

/** Whether the text is a name of the IANA time zone database known to this runtime, for example `Europe/Berlin`. */
export function isTimeZone(value: unknown): value is string {
  if (typeof value !== 'string' || !ZONE_NAME.test(value)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone.length > 0;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** class-validator: the property is an IANA time zone name. */
export function IsTimeZone(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isTimeZone',
      validator: {
        validate: isTimeZone,
        defaultMessage: (args) => `${args?.property ?? 'tz'} must be an IANA time zone, for example Europe/Berlin`,
      },
    },
    options,
  );
}
