import { findMainSource, parseDeb822Sources, parseSourcesList } from './apt-sources.js';

describe('parseSourcesList', () => {
  it.each([
    [
      'deb http://deb.debian.org/debian bookworm main contrib',
      [{ uri: 'http://deb.debian.org/debian', suite: 'bookworm', components: ['main', 'contrib'] }],
    ],
    [
      'deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] https://m.example/ubuntu jammy main # comment',
      [
        {
          uri: 'https://m.example/ubuntu',
          suite: 'jammy',
          components: ['main'],
          signedBy: '/usr/share/keyrings/k.gpg',
        },
      ],
    ],
    ['deb [ trusted=yes ]  http://m.example/d  ./', [{ uri: 'http://m.example/d', suite: './', components: [] }]],
    ['# deb http://deb.debian.org/debian bookworm main', []],
    ['deb-src http://deb.debian.org/debian bookworm main', []],
    ['deb', []],
    ['', []],
  ])('should read %j', (text, expected) => {
    expect(parseSourcesList(text)).toEqual(expected);
  });
});

describe('parseDeb822Sources', () => {
  it('should give one source for each URI and suite', () => {
    const text = [
      '# the main archive',
      'Types: deb deb-src',
      'URIs: http://a.example/debian http://b.example/debian',
      '# a comment inside the stanza',
      'Suites: bookworm bookworm-updates',
      'Components: main',
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
      '',
      'types: deb',
      'uris: http://c.example/debian-security',
      'suites:',
      ' bookworm-security',
      'components: main contrib',
    ].join('\n');
    expect(parseDeb822Sources(text).map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://a.example/debian bookworm',
      'http://a.example/debian bookworm-updates',
      'http://b.example/debian bookworm',
      'http://b.example/debian bookworm-updates',
      'http://c.example/debian-security bookworm-security',
    ]);
    expect(parseDeb822Sources(text)[0]?.signedBy).toBe('/usr/share/keyrings/debian-archive-keyring.gpg');
  });

  it.each([
    ['disabled', 'Enabled: no\nTypes: deb\nURIs: http://a.example\nSuites: bookworm\nComponents: main'],
    ['for sources only', 'Types: deb-src\nURIs: http://a.example\nSuites: bookworm\nComponents: main'],
    ['empty', '\n\n'],
  ])('should leave out a stanza that is %s', (_what, text) => {
    expect(parseDeb822Sources(text)).toEqual([]);
  });

  it('should not hand on a key written into the stanza', () => {
    const text =
      'Types: deb\nURIs: http://a.example\nSuites: bookworm\nComponents: main\nSigned-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n mQIN';
    expect(parseDeb822Sources(text)).toEqual([
      { uri: 'http://a.example', suite: 'bookworm', components: ['main'], signedBy: undefined },
    ]);
  });
});

describe('findMainSource', () => {
  const source = (uri: string, suite: string, components = ['main']) => ({ uri, suite, components });

  it('should prefer the suite of the code name', () => {
    const sources = [
      source('http://security.example', 'bookworm-security'),
      source('http://vendor.example', 'stable', ['vendor']),
      source('cdrom:[Debian 12]/', 'bookworm'),
      source('http://alias.example', 'stable'),
      source('http://main.example', 'bookworm'),
    ];
    expect(findMainSource(sources, 'bookworm')?.uri).toBe('http://main.example');
    expect(findMainSource(sources, 'unheard-of')?.uri).toBe('http://alias.example');
  });

  it('should find nothing among foreign sources', () => {
    expect(findMainSource([source('http://vendor.example', 'nodistro')], 'bookworm')).toBeNull();
    expect(findMainSource([], undefined)).toBeNull();
  });
});
