const DAY_SECONDS = 86_400;
const DATA_DIR = './data/demo';

/** Accounts and tokens of a real installation: the demo has its own. */
const NOT_FOR_THE_DEMO = {
  ENV: undefined,
  DATABASE_URL: undefined,
  DB_HOST: undefined,
  MONGO_DB_NAME: undefined,
  JWT_SECRET: undefined,
  JWT_SECRET_KEY: undefined,
  JWT_SECRET_PREVIOUS: undefined,
  INFLUXDB_URL: undefined,
  INFLUXDB_TOKEN: undefined,
  INFLUXDB_ORG: undefined,
  INFLUXDB_BUCKET: undefined,
  // It would bring real repositories into it.
  GITHUB_ACCESS_TOKEN: undefined,
  // They would bring a real member's data into it.
  WHOOP_CLIENT_ID: undefined,
  WHOOP_CLIENT_SECRET: undefined,
  WHOOP_REFRESH_TOKEN: undefined,
};

/**
 * The environment of the demo: the given one, but with a data folder, databases and a secret of its own, since it makes
 * an account whose password everyone knows. `MONGODB_URI` counts, for systems where the embedded engine cannot run.
 */
export function demoEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    // A token that is printed should work for as long as somebody plays with it.
    JWT_ACCESS_TOKEN_EXPIRES: String(DAY_SECONDS),
    ...env,
    ...NOT_FOR_THE_DEMO,
    NODE_ENV: 'development',
    DATA_DIR: env.DATA_DIR?.trim() || DATA_DIR,
    MONGODB_DB_NAME: 'almanac_demo',
  };
}
