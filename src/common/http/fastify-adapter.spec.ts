import { normalizeUrl } from './fastify-adapter.js';

describe('normalizeUrl', () => {
  it.each([
    ['/a/b?x=1', '/a/b?x=1'],
    ['http://evil.example/api/auth/me', '/api/auth/me'],
    ['HTTP://evil.example', '/'],
    ['/api/./auth/me', '/api/auth/me'],
    ['/public/../api/auth/me?x=/../y', '/api/auth/me?x=/../y'],
    ['/../../etc/passwd', '/etc/passwd'],
    ['/api/auth/me;x=1', '/api/auth/me?x=1'],
    ['/v1/projects?name=a;b', '/v1/projects?name=a;b'],
    ['/a?redirect=http://x/../y', '/a?redirect=http://x/../y'],
    ['*', '/*'],
    ['', '/'],
    ['?a=b', '/?a=b'],
    ['http://evil.example?a=/b', '/?a=/b'],
  ])('should turn %s into %s', (url, expected) => {
    expect(normalizeUrl(url)).toBe(expected);
  });
});
