import { hash } from 'node:crypto';

export const ACTOR_KEY_BYTES = 16;

/** A user, or an anonymousId as long as no link says whose it is. */
export type ActorKind = 'u' | 'a';

/**
 * Stands for a userId or an anonymousId where their text is not to be kept: the first 16 bytes of SHA-256. Two actors of
 * a project share one with a chance of 2^-64 after four thousand million actors.
 */
export function actorKey(kind: ActorKind, id: string): Uint8Array {
  // Cutting and reading hex is faster than the Buffer that `hash` makes by itself.
  return Buffer.from(hash('sha256', kind + id, 'hex').slice(0, 2 * ACTOR_KEY_BYTES), 'hex');
}
