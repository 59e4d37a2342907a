/** Why a piece of prose is not believed. */
export interface GateFault {
  kind: 'number' | 'markup' | 'character' | 'language' | 'length';
  /** Words of the model's own answer. */
  excerpt: string;
  reason: string;
}
