import type { EventIds } from '../person.js';

/** The beginning or the end of a run of a process. */
export interface ProcessStepRow {
  timestamp: Date;
  processId: string;
  processStep: 'START' | 'END';
}

/** All events of one person with one sessionId. */
export interface SessionRow {
  /** Times of its first and last event, epoch milliseconds. */
  first: number;
  last: number;
  events: number;
}

/** All events of one sessionId with the same ids. */
export interface SessionPartRow extends SessionRow, EventIds {
  sessionId: string;
}
