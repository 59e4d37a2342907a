import { webOrigin } from './web-origin.js';

it.each([
  ['https://api.github.com', 'https://github.com'],
  ['https://api.acme.ghe.com', 'https://acme.ghe.com'],
  ['https://git.example.com/api/v3', 'https://git.example.com'],
  ['http://127.0.0.1:4711', 'http://127.0.0.1:4711'],
])('should find where git reads what %s tells of', (api, web) => expect(webOrigin(api)).toBe(web));
