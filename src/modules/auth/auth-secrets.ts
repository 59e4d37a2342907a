import type { AuthConfig } from '../../config/app.config.js';
import type { AccessTokenSettings } from './access-token.js';

/** The present secret, which signs, and the former one, which only verifies. */
export function secretsOf(config: AuthConfig): [string, ...string[]] {
  return config.jwtSecretPrevious === undefined ? [config.jwtSecret] : [config.jwtSecret, config.jwtSecretPrevious];
}

export function accessTokenSettings(config: AuthConfig): AccessTokenSettings {
  return {
    secrets: secretsOf(config),
    lifetimeSeconds: config.accessTokenSeconds,
    issuer: config.issuer,
    audience: config.audience,
  };
}
