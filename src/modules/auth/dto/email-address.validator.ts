import { ValidateBy } from 'class-validator';
import { isEmailAddress } from '../email.js';

/** class-validator's own `@IsEmail()` throws on a lone surrogate; this one never does. */
export function IsEmailAddress(): PropertyDecorator {
  return ValidateBy({
    name: 'isEmailAddress',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && isEmailAddress(value.trim()),
      defaultMessage: (args) => `${args?.property ?? 'email'} must be an e-mail address`,
    },
  });
}
