import { isPrivateHost } from '../../common/net/address-policy.js';
import type { WebhooksConfig } from '../../config/app.config.js';
import { WebhookUrlError } from './webhooks.errors.js';

const MAX_LENGTH = 2000;
const STANDARD_PORTS = new Set(['', '80', '443']);

/**
 * The address as it is stored and called, in the URL parser's own spelling, so that what is judged is what is called.
 * WEBHOOK_ALLOW_PRIVATE lifts the rules of addresses, ports and https.
 *
 * @throws WebhookUrlError that says which rule it breaks
 */
export function checkedWebhookUrl(text: string, config: WebhooksConfig): string {
  if (text.length > MAX_LENGTH) throw new WebhookUrlError(`is longer than ${MAX_LENGTH} characters`);
  if (!URL.canParse(text))
    throw new WebhookUrlError('is no complete address such as https://hooks.example.com/almanac');
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') throw new WebhookUrlError('must begin with https://');
  if (url.username !== '' || url.password !== '')
    throw new WebhookUrlError('must not hold a user name or password; the signature proves who sends');
  url.hash = '';
  if (!config.allowPrivate) {
    if (url.protocol === 'http:' && config.environment === 'production')
      throw new WebhookUrlError('must begin with https://');
    if (!STANDARD_PORTS.has(url.port)) throw new WebhookUrlError('must use port 80 or 443');
    if (isPrivateHost(url.hostname)) throw new WebhookUrlError('must be an address on the public internet');
  }
  if (url.href.length > MAX_LENGTH) throw new WebhookUrlError(`is longer than ${MAX_LENGTH} characters`);
  return url.href;
}
