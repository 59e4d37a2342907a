import { counter } from '../../common/metrics/metrics.js';

const ingested = counter({
  name: 'almanac_events_ingested_total',
  help: 'Events by source and result.',
  labelNames: ['source', 'result'],
});

/** Counts what became of the events that came from one source. */
export function ingestCounters(source: string): {
  count: (outcome: { inserted: number; duplicates: number; rejected: readonly unknown[] }) => void;
} {
  const inserted = ingested.labels(source, 'inserted');
  const duplicates = ingested.labels(source, 'duplicate');
  const rejected = ingested.labels(source, 'rejected');
  return {
    count(outcome) {
      inserted.inc(outcome.inserted);
      duplicates.inc(outcome.duplicates);
      rejected.inc(outcome.rejected.length);
    },
  };
}
