import type { Principal } from '../../common/auth/principal.js';
import { refusal, type RouteRules } from './access-rules.js';
import { addressGroup } from './address-group.js';
import { readCredential } from './credentials.js';
import { emailKey, isEmailAddress } from './email.js';
import { pauseMs } from './login-policy.js';
import { passwordProblem } from './password-rules.js';
import { mergeSettings } from './user-settings.js';

describe('passwordProblem', () => {
  it.each([
    ['1234567', 'at least 8'],
    ['🔑'.repeat(7), 'at least 8'],
    ['x'.repeat(129), 'at most 128'],
    ['Password123', 'most used'],
    ['qwertyuiop', 'most used'],
  ])('should refuse %s', (password, reason) => {
    expect(passwordProblem(password, { blocklist: true })).toContain(reason);
  });

  it.each(['test1234x', '🔑'.repeat(8), '🔑'.repeat(128), '        ', 'ein schönes Passwort'])(
    'should accept %s',
    (password) => {
      expect(passwordProblem(password, { blocklist: true })).toBeNull();
    },
  );

  it('should know common passwords only where the list is on', () => {
    expect(passwordProblem('password123', { blocklist: false })).toBeNull();
  });
});

describe('isEmailAddress', () => {
  it.each(['a@b', 'test@test.com', 'Ada.L+x@sub.example.co.uk', 'ü@exämple.de', "o'neil@example.com", 'a@localhost'])(
    'should accept %s',
    (email) => expect(isEmailAddress(email)).toBe(true),
  );
  it.each([
    '',
    'a',
    '@b',
    'a@',
    'a b@c',
    'a@b c',
    'a@@b',
    'a@b..c',
    'a@-b',
    'a@b-',
    'a@b\n',
    'a\u0000@b',
    '\ud800@b',
    `${'a'.repeat(64)}@${'b.'.repeat(120)}c`,
    null,
    5,
    {},
    ['a@b'],
  ])('should refuse %j', (email) => expect(isEmailAddress(email)).toBe(false));
  it('should judge a long worst case at once', () => {
    const before = performance.now();
    isEmailAddress('@'.repeat(254));
    isEmailAddress(`${'a.'.repeat(30)}@${'b'.repeat(180)}!@`);
    expect(performance.now() - before).toBeLessThan(50);
  });
  it('should be unique without regard to case and form', () => {
    expect(emailKey(' Ann@Example.ORG ')).toBe(emailKey('ann@example.org'));
    expect(emailKey('e\u0301@x')).toBe(emailKey('\u00e9@x'));
  });
});

describe('readCredential', () => {
  it.each([
    [{}, null],
    [{ authorization: 'Bearer abc' }, { kind: 'accessToken', value: 'abc' }],
    [{ authorization: 'bearer  abc ' }, { kind: 'accessToken', value: 'abc' }],
    [{ authorization: 'Bearer alm_1' }, { kind: 'apiKey', value: 'alm_1' }],
    [{ authorization: 'Token alm_1' }, { kind: 'apiKey', value: 'alm_1' }],
    [{ authorization: 'Token abc' }, { kind: 'apiKey', value: 'abc' }],
    [{ 'x-api-key': 'alm_1' }, { kind: 'apiKey', value: 'alm_1' }],
    [
      { authorization: 'Bearer a', 'x-api-key': 'alm_1' },
      { kind: 'accessToken', value: 'a' },
    ],
    [{ authorization: '' }, { kind: 'unusable' }],
    [{ authorization: 'Bearer' }, { kind: 'unusable' }],
    [{ authorization: 'Bearer a b' }, { kind: 'unusable' }],
    [{ authorization: 'Basic YTpi' }, { kind: 'unusable' }],
    [{ 'x-api-key': '' }, { kind: 'unusable' }],
    [{ 'x-api-key': ['a', 'b'] }, { kind: 'unusable' }],
  ])('should read %j', (headers, credential) => {
    expect(readCredential(headers as never)).toEqual(credential);
  });
});

describe('refusal', () => {
  const session: Principal = { kind: 'session', userId: 'u', email: '', role: 'user', grants: [] };
  const admin: Principal = { ...session, role: 'admin' };
  const key = (role: 'admin' | 'user', ...scopes: ('ingest' | 'read' | 'admin')[]): Principal => ({
    ...session,
    kind: 'apiKey',
    role,
    scopes,
  });
  const anonymous: Principal = { ...session, kind: 'anonymous' };
  const route = (rules: Partial<RouteRules> = {}): RouteRules => ({
    openModeAllowed: false,
    sessionOnly: false,
    ...rules,
  });

  const table: [string, Partial<RouteRules>, Principal, boolean, boolean][] = [
    ['a session on a plain route', {}, session, false, true],
    ['a session whatever the scope', { scope: 'ingest' }, session, false, true],
    ['a user on an admin route', { role: 'admin' }, session, false, false],
    ['an admin on an admin route', { role: 'admin' }, admin, false, true],
    ['a key without the scope', { scope: 'read' }, key('user', 'ingest'), false, false],
    ['a key with the scope', { scope: 'read' }, key('user', 'read'), false, true],
    ['an admin key on any scope', { scope: 'read' }, key('user', 'admin'), false, true],
    ['a read key where no scope is named', {}, key('user', 'read'), false, false],
    ['an admin key of a user on an admin route', { role: 'admin' }, key('user', 'admin'), false, false],
    ['an admin key of an admin on an admin route', { role: 'admin' }, key('admin', 'admin'), false, true],
    ['a read key of an admin on an admin route', { role: 'admin', scope: 'read' }, key('admin', 'read'), false, false],
    ['a user without the grant', { grant: 'github' }, session, false, false],
    ['a user with another grant', { grant: 'github' }, { ...session, grants: ['whoop'] }, false, false],
    ['a user with the grant', { grant: 'github' }, { ...session, grants: ['github'] }, false, true],
    ['an admin without the grant', { grant: 'github' }, admin, false, true],
    [
      'a read key of a user with the grant',
      { grant: 'github', scope: 'read' },
      { ...key('user', 'read'), grants: ['github'] },
      false,
      true,
    ],
    ['a read key of an admin', { grant: 'github', scope: 'read' }, key('admin', 'read'), false, true],
    ['an ingest key of an admin', { grant: 'github', scope: 'read' }, key('admin', 'ingest'), false, false],
    ['nobody in open mode, for the grant', { openModeAllowed: true, grant: 'github' }, anonymous, true, true],
    ['nobody otherwise', { openModeAllowed: true, grant: 'github' }, anonymous, false, false],
    ['an admin key where a session is needed', { sessionOnly: true }, key('admin', 'admin'), false, false],
    ['nobody in open mode', { openModeAllowed: true, role: 'admin' }, anonymous, true, true],
    ['a user in open mode', { openModeAllowed: true, role: 'admin' }, session, true, true],
    ['a user in open mode elsewhere', { role: 'admin' }, session, true, false],
    [
      'a key in open mode without the scope',
      { openModeAllowed: true, scope: 'read' },
      key('user', 'ingest'),
      true,
      false,
    ],
  ];
  it.each(table)('should judge %s', (_, rules, caller, openMode, allowed) => {
    expect(refusal(route(rules), caller, openMode) === null).toBe(allowed);
  });
});

describe('addressGroup', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:1:2::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['not an address', 'not an address'],
  ])('should put %s into %s', (address, group) => expect(addressGroup(address)).toBe(group));
});

describe('pauseMs', () => {
  it('should double from a minute to an hour', () => {
    expect([100, 101, 102, 105, 106, 500].map((failures) => pauseMs(failures) / 60_000)).toEqual([1, 2, 4, 32, 60, 60]);
  });
});

describe('mergeSettings', () => {
  it('should keep what is not given and take back what is null', () => {
    const stored = { timezone: 'UTC', sync_interval: 5 };
    expect(mergeSettings(stored, { sync_interval: 10, week_start: undefined })).toEqual({
      timezone: 'UTC',
      sync_interval: 10,
    });
    expect(mergeSettings(stored, { timezone: null })).toEqual({ sync_interval: 5 });
  });
});
