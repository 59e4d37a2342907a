// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';

const TRIES = 8;
const RETRY_MS = 1000;

/**
 * For what comes before a measurement: a server that had to fight for the processor while it started refuses work for
 * its first seconds, which is waited for.
 * @param {string} baseUrl
 * @param {string} path
 * @param {unknown} body
 * @param {string} [token]
 * @returns {Promise<any>} the answer's body
 */
export async function post(baseUrl, path, body, token) {
  for (let attempt = 1; ; attempt++) {
    const response = await postOnce(baseUrl, path, body, token);
    const text = await response.text();
    if (response.ok) return JSON.parse(text);
    if (response.status !== 503 || attempt === TRIES) {
      throw new Error(`POST ${path} answered ${response.status}: ${text}`);
    }
    await sleep(RETRY_MS);
  }
}

/** @param {string} baseUrl @param {string} path @param {unknown} body @param {string | undefined} token */
function postOnce(baseUrl, path, body, token) {
  return fetch(baseUrl + path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(20_000),
  });
}

const ACCOUNT = { name: 'Bench', email: 'bench@example.com', password: 'correct horse battery' };

/**
 * A new account; the first of a server is an administrator's.
 * @param {string} baseUrl
 * @returns {Promise<string>} its token
 */
export async function register(baseUrl) {
  return (await post(baseUrl, '/api/auth/register', ACCOUNT)).access_token;
}

/**
 * The account that `register` made here before, or a new one.
 * @param {string} baseUrl
 * @returns {Promise<string>} its token
 */
export async function signIn(baseUrl) {
  const { email, password } = ACCOUNT;
  try {
    return (await post(baseUrl, '/api/auth/login', { email, password })).access_token;
  } catch (error) {
    if (!String(error).includes(' answered 401')) throw error;
    return register(baseUrl);
  }
}
