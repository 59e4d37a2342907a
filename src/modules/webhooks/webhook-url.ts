import { isPrivateHost } from '../../common/net/address-policy.js';
import type { WebhooksConfig } from '../../config/app.config.js';
import { WebhookUrlError } from './webhooks.errors.js';

const MAX_LENGTH = 2000;
const STANDARD_PORTS = new Set(['', '80', '443']);

/**
 * The address as it is stored and called, in the URL parser's own spelling, so that what is judged is what is called.
 * WEBHOOK_ALLOW_PRIVATE lifts the rules of addresses, ports and https.
 *
 * @param field what the caller calls it, for the sentence
 * @throws WebhookUrlError that says which rule it breaks
 */
export function checkedWebhookUrl(text: string, config: WebhooksConfig, field = 'url'): string {
  const refuse = (rule: string): never => {
    throw new WebhookUrlError(rule, field);
  };
  if (text.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  if (!URL.canParse(text)) refuse('is no complete address such as https://hooks.example.com/almanac');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') refuse('must begin with https://');
  if (url.username !== '' || url.password !== '')
    refuse('must not hold a user name or password; the signature proves who sends');
  url.hash = '';
  if (!config.allowPrivate) {
    if (url.protocol === 'http:' && config.environment === 'production') refuse('must begin with https://');
    if (!STANDARD_PORTS.has(url.port)) refuse('must use port 80 or 443');
    if (isPrivateHost(url.hostname)) refuse('must be an address on the public internet');
  }
  if (url.href.length > MAX_LENGTH) refuse(`is longer than ${MAX_LENGTH} characters`);
  return url.href;
}
