import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isSignedByWhoop } from './whoop-signature.js';
import { itWithFile } from '../../../../test/support/shared-file.js';

const SECRET = 'a secret of the app';
const NOW = 1_748_241_241_000;
const body = Buffer.from('{"user_id":1,"id":"ü"}');
const sign = (timestamp: string, bytes: Buffer = body, secret = SECRET) =>
  createHmac('sha256', secret)
    .update(Buffer.concat([Buffer.from(timestamp), bytes]))
    .digest('base64');

describe('isSignedByWhoop', () => {
  it('should know a good signature up to five minutes either way', () => {
    for (const at of [NOW, NOW - 300_000, NOW + 300_000]) {
      const timestamp = String(at);
      expect(isSignedByWhoop({ body, signature: sign(timestamp), timestamp }, SECRET, NOW)).toBe(true);
    }
    for (const at of [NOW - 300_001, NOW + 300_001, Math.floor(NOW / 1000)]) {
      const timestamp = String(at);
      expect(isSignedByWhoop({ body, signature: sign(timestamp), timestamp }, SECRET, NOW)).toBe(false);
    }
  });

  it.each([
    ['none', undefined],
    ['an empty one', ''],
    ['hex', Buffer.from(sign(String(NOW)), 'base64').toString('hex')],
    ['one of another secret', sign(String(NOW), body, 'x')],
    ['one of another body', sign(String(NOW), Buffer.from('{}'))],
    ['one with a dot in between', createHmac('sha256', SECRET).update(`${NOW}.`).update(body).digest('base64')],
    ['one that goes on', `${sign(String(NOW))}AAAA`],
    ['a short one', sign(String(NOW)).slice(0, 10)],
  ])('should refuse %s without throwing', (_, signature) => {
    expect(isSignedByWhoop({ body, signature, timestamp: String(NOW) }, SECRET, NOW)).toBe(false);
  });

  const path = resolve('../shared/data/whoop/fixtures/webhook.recovery-updated.json');
  itWithFile(path)('should agree with the worked example, where that is at hand', () => {
    const { rawBody, clientSecret, headers } = JSON.parse(readFileSync(path, 'utf8'));
    const timestamp = headers['X-WHOOP-Signature-Timestamp'] as string;
    const delivery = { body: Buffer.from(rawBody), signature: headers['X-WHOOP-Signature'] as string, timestamp };
    expect(isSignedByWhoop(delivery, clientSecret, Number(timestamp))).toBe(true);
    expect(isSignedByWhoop(delivery, clientSecret, Number(timestamp) + 300_001)).toBe(false);
  });
});
