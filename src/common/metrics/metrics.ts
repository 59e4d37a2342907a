import {
  collectDefaultMetrics,
  Counter,
  Gauge,
  Histogram,
  register,
  type CounterConfiguration,
  type GaugeConfiguration,
  type HistogramConfiguration,
} from 'prom-client';

const PREFIX = 'almanac_';

/** The counter of this name, made at its first use: several applications may live in one test process. */
export function counter<T extends string>(config: CounterConfiguration<T>): Counter<T> {
  return (register.getSingleMetric(config.name) as Counter<T> | undefined) ?? new Counter(config);
}

export function gauge<T extends string>(config: GaugeConfiguration<T>): Gauge<T> {
  return (register.getSingleMetric(config.name) as Gauge<T> | undefined) ?? new Gauge(config);
}

export function histogram<T extends string>(config: HistogramConfiguration<T>): Histogram<T> {
  return (register.getSingleMetric(config.name) as Histogram<T> | undefined) ?? new Histogram(config);
}

/** Process and event-loop figures of Node.js, once per process. */
export function collectProcessMetrics(): void {
  if (register.getSingleMetric(`${PREFIX}process_cpu_seconds_total`) !== undefined) return;
  collectDefaultMetrics({ prefix: PREFIX });
  // Gauges that are named like counters; the same figures stand without `_total`, by type.
  for (const kind of ['handles', 'requests', 'resources'])
    register.removeSingleMetric(`${PREFIX}nodejs_active_${kind}_total`);
}

/** All metrics in Prometheus text format. */
export function renderMetrics(): Promise<string> {
  return register.metrics();
}

export const METRICS_CONTENT_TYPE = register.contentType;
