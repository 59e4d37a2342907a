import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import { ADDRESS_BLOCKED, addressFamily, bareHost, isPublicAddress } from './address-policy.js';

/** The address may not be called. Its message is for logs: it tells where a name points to. */
export class BlockedAddressError extends Error {
  readonly code = ADDRESS_BLOCKED;
  constructor(host: string) {
    super(`${host} is not an address of the public internet`);
    this.name = 'BlockedAddressError';
  }
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<string[]>;
/** Opens a connection to one of these addresses, which have been judged. */
export type Dial = (options: buildConnector.Options, addresses: string[], callback: buildConnector.Callback) => void;

export interface GuardOptions {
  /** Lets every address through. */
  allowPrivate: boolean;
  connectTimeoutMs: number;
  resolve?: Resolve;
  dial?: Dial;
}

/**
 * Connects undici only to public addresses. A host that is an address is judged as it is (undici never looks those up);
 * a name by all that it resolves to, and the connection then goes to just these addresses, so that a second answer of the
 * name server changes nothing. The address of the open socket is judged once more.
 */
export function guardedConnector(options: GuardOptions): buildConnector.connector {
  const resolve = options.resolve ?? resolveAll;
  const dial = options.dial ?? dialer(options.connectTimeoutMs);
  const judge = async (host: string): Promise<string[]> => {
    const addresses = isIP(host) === 0 ? await resolve(host) : [host];
    if (!options.allowPrivate && (addresses.length === 0 || !addresses.every(isPublicAddress)))
      throw new BlockedAddressError(host);
    return addresses;
  };
  return (target, callback) => {
    judge(bareHost(target.hostname))
      .then((addresses) =>
        dial(target, addresses, (error, socket) => {
          if (error !== null) callback(error, null);
          else if (options.allowPrivate || isAt(socket, addresses)) callback(null, socket);
          else {
            socket.destroy();
            callback(new BlockedAddressError(target.hostname), null);
          }
        }),
      )
      .catch((error: Error) => callback(error, null));
  };
}

function isAt(socket: Socket, addresses: readonly string[]): boolean {
  const remote = socket.remoteAddress;
  return remote === undefined || addresses.includes(remote) || isPublicAddress(remote);
}

async function resolveAll(hostname: string): Promise<string[]> {
  const found = await lookup(hostname, { all: true, verbatim: true });
  return found.map(({ address }) => address);
}

function dialer(timeout: number): Dial {
  return (target, addresses, callback) => {
    const found = addresses.map((address) => ({ address, family: addressFamily(address) }));
    const answer: LookupFunction = (_hostname, { all }, done) => {
      if (all === true) done(null, found);
      else done(null, found[0]!.address, found[0]!.family);
    };
    buildConnector({ timeout, lookup: answer })(target, callback);
  };
}
