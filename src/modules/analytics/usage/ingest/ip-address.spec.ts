import { storedAddress } from './ip-address.js';

describe('storedAddress', () => {
  it.each([
    ['192.168.1.77', '192.168.1.0', '192.168.1.77'],
    ['255.255.255.255', '255.255.255.0', '255.255.255.255'],
    ['0.0.0.0', '0.0.0.0', '0.0.0.0'],
    ['2001:db8:aaaa:bbbb:cccc::1', '2001:db8:aaaa::', '2001:db8:aaaa:bbbb:cccc::1'],
    ['2001:DB8:AAAA:BBBB::1', '2001:db8:aaaa::', '2001:db8:aaaa:bbbb::1'],
    ['::1', '::', '::1'],
    ['::ffff:192.168.1.77', '192.168.1.0', '192.168.1.77'],
    ['::ffff:c0a8:14d', '192.168.1.0', '192.168.1.77'],
    ['fe80::1234%eth0', 'fe80::', 'fe80::1234'],
  ])('should store %p as its network %p, or in full as %p', (text, network, full) => {
    expect([storedAddress(text, false), storedAddress(text, true)]).toEqual([network, full]);
  });

  it.each([
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '1.2.3.04',
    '01.2.3.4',
    '0x7f.0.0.1',
    '2130706433',
    '1.2.3.4:80',
    '1.2.3.4/24',
    ' 1.2.3.4',
    '[::1]',
    '::1/128',
    ':::1',
    '2001:db8::1::2',
    '12345::',
    'g::1',
    '::ffff:256.1.1.1',
    `::1${' '.repeat(100)}`,
    '1'.repeat(10_000),
  ])('should refuse %p', (text) => {
    expect([storedAddress(text, false), storedAddress(text, true)]).toEqual([null, null]);
  });
});
