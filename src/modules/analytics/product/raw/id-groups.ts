import type { EventIds } from '../person.js';
import type { Expression } from '../properties/property-expression.js';

/** What the ids of an event are when events are grouped by them. */
export type IdGroup = string | [string] | null;

/**
 * The userId, else the anonymousId, else `null`; what is not text is no id. A list tells an anonymousId from a userId
 * and is cheaper to group by than a document.
 */
export const ID_GROUP: Expression = {
  $cond: [isText('$userId'), '$userId', { $cond: [isText('$anonymousId'), ['$anonymousId'], null] }],
};

export function idsOf(group: IdGroup | undefined): EventIds {
  if (typeof group === 'string') return { userId: group };
  return { anonymousId: group?.[0] };
}

/** In the order of all values texts are between the empty one and objects. */
function isText(field: string): Expression {
  return { $and: [{ $gt: [field, ''] }, { $lt: [field, { $literal: {} }] }] };
}
