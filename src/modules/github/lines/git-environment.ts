export interface GitSource {
  /** Origin that the token is for, for example `https://github.com`. */
  origin: string;
  url: string;
  token: string;
}

/** What downloads call GitHub: git leaves large objects out only where the other side has a name. */
export const REMOTE_NAME = 'origin';

/**
 * The environment in which git runs: nothing of the machine's or its users' settings, no questions, no hooks, no helpers. What
 * git has to be told is said here, and not by arguments, which everybody on the machine can see.
 */
export function gitEnvironment(
  searchPath: string,
  settings: readonly (readonly [string, string])[] = [],
): Record<string, string> {
  const all = [...SETTINGS, ...settings];
  const env: Record<string, string> = {
    PATH: searchPath,
    LC_ALL: 'C',
    // No home: no settings, no keys, no helpers.
    HOME: '/nonexistent',
    XDG_CONFIG_HOME: '/nonexistent',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_CONFIG_COUNT: String(all.length),
  };
  all.forEach(([key, value], i) => {
    env[`GIT_CONFIG_KEY_${i}`] = key;
    env[`GIT_CONFIG_VALUE_${i}`] = value;
  });
  return env;
}

/** What a download needs beside. The token is a header for one origin, and redirects to others are not followed. */
export function downloadSettings({ origin, url, token }: GitSource): (readonly [string, string])[] {
  const credentials = Buffer.from(`x-access-token:${token}`).toString('base64');
  return [
    [`remote.${REMOTE_NAME}.url`, url],
    [`remote.${REMOTE_NAME}.promisor`, 'true'],
    ['extensions.partialClone', REMOTE_NAME],
    [`http.${origin}/.extraHeader`, `Authorization: Basic ${credentials}`],
    ['http.followRedirects', 'false'],
    // Less than this many bytes a second for so long: given up.
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '30'],
    [`protocol.${new URL(url).protocol.slice(0, -1)}.allow`, 'always'],
  ];
}

const SETTINGS: readonly (readonly [string, string])[] = [
  ['core.hooksPath', '/dev/null'],
  ['core.fsmonitor', 'false'],
  ['core.askPass', ''],
  // Empty: forgets all that were set before.
  ['credential.helper', ''],
  ['protocol.allow', 'never'],
  ['gc.auto', '0'],
  ['maintenance.auto', 'false'],
  ['fetch.recurseSubmodules', 'false'],
  ['submodule.recurse', 'false'],
  ['advice.detachedHead', 'false'],
];
