import fc from 'fast-check';
import { isPrivateHost, isPublicAddress } from './address-policy.js';

const hostOf = (text: string) => new URL(`http://${text}/`).hostname;

describe('W2 isPrivateHost', () => {
  it.each([
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '0.0.0.0',
    '0',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '169.254.169.254',
    '198.18.0.1',
    '192.0.2.1',
    '224.0.0.1',
    '255.255.255.255',
    '①②⑦.⓪.⓪.①',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[::ffff:a9fe:a9fe]',
    '[::127.0.0.1]',
    '[fd00::1]',
    '[fe80::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b:1::7f00:1]',
    '[2002:7f00:1::]',
    '[2001:0:7f00:1::]',
    '[2001:db8::1]',
    '[4000::1]',
    'localhost',
    'LOCALHOST',
    'localhost.',
    'db.localhost',
    'printer.local',
    'metadata.google.internal',
    'db',
    'db.',
  ])('should refuse %s', (text) => {
    expect(isPrivateHost(hostOf(text))).toBe(true);
  });

  it.each(['93.184.215.14', '8.8.8.8', '[2606:2800:220:1::1]', 'example.com', 'example.com.', 'hooks.example.co.uk'])(
    'should let %s through',
    (text) => {
      expect(isPrivateHost(hostOf(text))).toBe(false);
    },
  );

  it('should judge an IPv4 address within IPv6 as itself', () => {
    fc.assert(
      fc.property(fc.ipV4(), (address) => {
        expect(isPublicAddress(`::ffff:${address}`)).toBe(isPublicAddress(address));
      }),
    );
  });

  it.each(['', 'example.com', '1.2.3', 'fe80::1%eth0'])('should take %j for no public address', (text) => {
    expect(isPublicAddress(text)).toBe(false);
  });
});
