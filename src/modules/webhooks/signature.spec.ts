import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { newWebhookSecret, signatureHeaders } from './signature.js';

describe('W1 signatures', () => {
  it('should sign as Standard Webhooks shows it', () => {
    const headers = signatureHeaders(['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'], {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330_000,
      body: '{"test": 2432232314}',
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('should sign with both secrets during a rotation, as an independent count of the hash says', () => {
    const [first, second] = [newWebhookSecret(), newWebhookSecret()];
    const message = { id: 'msg_ü', timestamp: Date.now(), body: '{"text":"größe 😀"}' };
    const headers = signatureHeaders([first, second], message);
    const text = `${message.id}.${Math.floor(message.timestamp / 1000)}.${message.body}`;
    const expected = [first, second].map((secret) => {
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      return `v1,${createHmac('sha256', key).update(text).digest('base64')}`;
    });
    expect(headers['webhook-signature']).toBe(expected.join(' '));
    for (const secret of [first, second]) expect(new Webhook(secret).verify(message.body, headers)).toBeTruthy();
    expect(() => new Webhook(newWebhookSecret()).verify(message.body, headers)).toThrow();
    expect(() => new Webhook(first).verify(`${message.body} `, headers)).toThrow();
  });

  it('should make secrets of 32 random bytes', () => {
    const secrets = Array.from({ length: 100 }, newWebhookSecret);
    expect(new Set(secrets).size).toBe(100);
    for (const secret of secrets) {
      expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
      expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32);
    }
  });
});
