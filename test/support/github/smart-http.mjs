// @ts-check
// The smart HTTP protocol of git, by git's own CGI program.
import { spawn } from 'node:child_process';
import { CLEAN_GIT_ENV } from './git-process.mjs';

/**
 * Serves one request of a git client.
 *
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse} response
 * @param {{root: string, pathInfo: string, query: string}} target `root`: folder of the bare repositories
 */
export function serveGit(request, response, { root, pathInfo, query }) {
  const header = (/** @type {string} */ name) => String(request.headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    env: {
      ...CLEAN_GIT_ENV,
      GIT_PROJECT_ROOT: root,
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: pathInfo,
      REQUEST_METHOD: request.method ?? 'GET',
      QUERY_STRING: query,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      GIT_PROTOCOL: header('git-protocol'),
      REMOTE_ADDR: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin).on('error', () => undefined);
  request.once('close', () => {
    if (!request.complete) child.kill();
  });
  response.once('close', () => child.kill());
  let pending = Buffer.alloc(0);
  let inBody = false;
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
    if (inBody) return void response.write(chunk);
    pending = Buffer.concat([pending, chunk]);
    const end = pending.indexOf('\r\n\r\n');
    if (end < 0) return;
    inBody = true;
    let status = 200;
    /** @type {Record<string, string>} */
    const headers = {};
    for (const line of pending.subarray(0, end).toString().split('\r\n')) {
      const [name = '', value = ''] = line.split(/:\s*/, 2);
      if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
      else headers[name] = value;
    }
    response.writeHead(status, headers);
    response.write(pending.subarray(end + 4));
  });
  child.stdout.once('end', () => response.end());
}
