import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Code of the error when a connection is refused because of where it leads. */
export const ADDRESS_BLOCKED = 'ADDRESS_BLOCKED';

/** Names that resolve to this machine or its network wherever they are looked up. */
const LOCAL_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home|corp|localdomain|home\.arpa)$/;

/**
 * Whether an address belongs to the public internet. Everything else may be a machine of the operator: private and
 * reserved ranges, the loopback in all its spellings, and IPv6 addresses that carry an IPv4 address.
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 0) return false;
  const parsed = ipaddr.process(address);
  if (parsed.range() !== 'unicast') return false;
  // Of IPv6 only the part that is given out (2000::/3); the library calls the rest unicast, too.
  return parsed.kind() === 'ipv4' || (parsed.toByteArray()[0]! & 0xe0) === 0x20;
}

/** The host of a URL without the brackets of IPv6 and the dot at its end. */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** Whether a host, as the URL parser writes it, is an address or a name that is certainly not public. */
export function isPrivateHost(hostname: string): boolean {
  const host = bareHost(hostname);
  if (isIP(host) !== 0) return !isPublicAddress(host);
  // One label is looked up in the operator's own search domains.
  return host === '' || LOCAL_NAME.test(host) || !host.includes('.');
}

export const addressFamily = (address: string): 4 | 6 => (isIPv4(address) ? 4 : 6);
