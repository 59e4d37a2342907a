import { redactText } from './redact.js';

describe('redactText', () => {
  it.each([
    ['connect mongodb://user:pa55@db.example:27017/x failed', 'connect mongodb://***@db.example:27017/x failed'],
    ['Authorization: Bearer abcdefghijkl', 'Authorization: Bearer ***'],
    ['token eyJhbGciOi.eyJzdWIi.c2ln', 'token ***'],
    ['key alm_0123abcd refused', 'key alm_*** refused'],
    ['{"password":"hunter22"}', '{"password":"***"}'],
    ['GET /callback?code=abc123&state=x', 'GET /callback?code=***&state=x'],
    ['user ann@example.com signed in', 'user ***@*** signed in'],
    ['GET /v1/events/batch 200 OK', 'GET /v1/events/batch 200 OK'],
  ])('should cut the secret out of %s', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});
