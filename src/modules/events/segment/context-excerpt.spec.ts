import fc from 'fast-check';
import { excerptContext } from './context-excerpt.js';

/** The example of Segment's own specification, shortened, with all that identifies somebody. */
const CONTEXT = {
  active: true,
  app: { name: 'InitechGlobal', version: '545', build: '3.0.1.545', namespace: 'com.production.segment' },
  campaign: { name: 'Newsletter', source: 'mail', medium: 'email', term: 'tps', content: 'link', custom: 'x' },
  device: { id: 'B5372DB0', advertisingId: '7A3CBEA0', model: 'iPhone7,2', name: "Ann's phone", token: 'ff15bc0c' },
  ip: '8.8.8.8',
  library: { name: 'analytics.js', version: '2.11.1' },
  locale: 'en-US',
  location: { city: 'San Francisco', latitude: 40.2964197, longitude: -76.9411617 },
  network: { carrier: 'T-Mobile US' },
  os: { name: 'iPhone OS', version: '8.1.3' },
  page: {
    path: '/academy/?email=ann@example.com',
    referrer: 'https://example.com/in#token',
    search: '?token=1',
    title: 'Analytics Academy',
    url: 'https://segment.com/academy/?token=1#top',
  },
  timezone: 'Europe/Amsterdam',
  traits: { email: 'ann@example.com' },
  userAgent: 'Mozilla/5.0',
};

describe('excerptContext', () => {
  it('should keep what dashboards need and nothing that identifies a person or a device', () => {
    expect(excerptContext(CONTEXT)).toEqual({
      context_app_name: 'InitechGlobal',
      context_app_version: '545',
      context_campaign_content: 'link',
      context_campaign_medium: 'email',
      context_campaign_name: 'Newsletter',
      context_campaign_source: 'mail',
      context_campaign_term: 'tps',
      context_library_name: 'analytics.js',
      context_locale: 'en-US',
      context_os_name: 'iPhone OS',
      context_page_path: '/academy/',
      context_page_referrer: 'https://example.com/in',
      context_page_title: 'Analytics Academy',
      context_page_url: 'https://segment.com/academy/',
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'en-US'],
    ['an array', [{ locale: 'en-US' }]],
    ['values of other types', { locale: 5, page: { path: ['/'], title: { a: 1 } }, library: 'x', os: null }],
    ['empty texts', { locale: '', page: { url: '?token=1' } }],
    ['texts that no store keeps', { locale: 'a\u0000', page: { title: 'half \ud83d' } }],
    ['long texts', { page: { title: 'x'.repeat(513) } }],
  ])('should leave out %s', (_, context) => {
    expect(excerptContext(context)).toEqual({});
  });

  it('should never throw and only give short texts, whatever the JSON', () => {
    const part = fc.dictionary(fc.constantFrom('name', 'version', 'path', 'title', 'source'), fc.jsonValue());
    const context = fc.dictionary(
      fc.constantFrom('page', 'campaign', 'library', 'app', 'os', 'locale', '__proto__'),
      fc.oneof(fc.jsonValue(), part),
    );
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), context), (value) => {
        for (const [key, text] of Object.entries(excerptContext(value))) {
          expect(key).toMatch(/^context_[a-z_]+$/);
          expect(text.length).toBeLessThanOrEqual(512);
        }
      }),
    );
  });
});
