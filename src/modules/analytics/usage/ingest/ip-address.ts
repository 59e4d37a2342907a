import ipaddr from 'ipaddr.js';

/** Of the four numbers of an IPv4 address (/24), and of the eight of an IPv6 address (/48). */
const IPV4_PARTS_KEPT = 3;
const IPV6_PARTS_KEPT = 3;
/** An IPv6 address with an embedded IPv4 one and a zone is not longer. */
const LONGEST = 64;

/**
 * An IP address in its canonical form; unless `full`, only the network that it belongs to (/24 of IPv4, /48 of IPv6). An
 * IPv4 address that is written as IPv6 is an IPv4 address.
 * @returns `null` for anything that is not an address, such as `1.2.3`, `0x7f.1` or `1.2.3.4:80`
 */
export function storedAddress(text: string, full: boolean): string | null {
  if (text.length > LONGEST) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ofIpv4(ipaddr.IPv4.parse(text), full);
  if (!text.includes(':') || !ipaddr.IPv6.isValid(text)) return null;
  const address = ipaddr.IPv6.parse(text);
  if (address.isIPv4MappedAddress()) return ofIpv4(address.toIPv4Address(), full);
  // The zone names an interface of the client's machine, and says nothing elsewhere.
  address.zoneId = undefined;
  return (full ? address : new ipaddr.IPv6(networkOf(address.parts, IPV6_PARTS_KEPT))).toString();
}

function ofIpv4(address: ipaddr.IPv4, full: boolean): string {
  return (full ? address : new ipaddr.IPv4(networkOf(address.octets, IPV4_PARTS_KEPT))).toString();
}

function networkOf(parts: readonly number[], kept: number): number[] {
  return parts.map((part, i) => (i < kept ? part : 0));
}
