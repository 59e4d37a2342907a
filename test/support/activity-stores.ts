import { InfluxDouble } from './influx-double/influx-double.js';

/** A store of activity data that a suite runs on. */
export interface ActivityStoreTarget {
  name: string;
  /** Environment variables that choose it, and what must be done when the suite ends. */
  start: () => Promise<{ env: Record<string, string>; double?: InfluxDouble; stop: () => Promise<void> }>;
}

const { TEST_INFLUXDB_URL: url } = process.env;

const embedded: ActivityStoreTarget = {
  name: 'MongoDB',
  start: () => Promise.resolve({ env: {}, stop: () => Promise.resolve() }),
};

const double: ActivityStoreTarget = {
  name: 'the InfluxDB double',
  start: async () => {
    const server = await InfluxDouble.start();
    return { env: server.env, double: server, stop: () => server.stop() };
  },
};

/** Chosen by TEST_INFLUXDB_URL, with _TOKEN, _ORG and _BUCKET; what the suite writes stays there. */
const real: ActivityStoreTarget = {
  name: 'a real InfluxDB',
  start: () =>
    Promise.resolve({
      env: {
        INFLUXDB_URL: url!,
        INFLUXDB_TOKEN: process.env.TEST_INFLUXDB_TOKEN ?? '',
        INFLUXDB_ORG: process.env.TEST_INFLUXDB_ORG ?? '',
        INFLUXDB_BUCKET: process.env.TEST_INFLUXDB_BUCKET ?? '',
      },
      stop: () => Promise.resolve(),
    }),
};

/** Both implementations; the second on a real server when there is one. */
export const ACTIVITY_STORES: ActivityStoreTarget[] = [embedded, url ? real : double];
