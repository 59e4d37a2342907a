// @ts-check
// Load generator: posts bodies of line protocol and does as little else as possible.
import { ActivityMonth } from './activity-lines.mjs';
import { BatchPoster } from './batch-poster.mjs';
import { runInLanes } from './lanes.mjs';
import { serveWorker } from './worker.mjs';

/** @type {Buffer[]} */
let requests = [];
/** @type {BatchPoster | undefined} */
let poster;

/** @param {{url: string, lanes: number, token: string}} target */
const open = ({ url, lanes, token }) =>
  new BatchPoster(url, lanes, {
    path: '/api/v2/write?bucket=bench&precision=ns',
    headers: { 'content-type': 'text/plain; charset=utf-8', authorization: `Bearer ${token}` },
  });

serveWorker({
  /** @param {{url: string, lanes: number, token: string, month: any, first: number, bodies: number}} shape */
  prepare({ month, first, bodies, ...target }) {
    const opened = open(target);
    const source = new ActivityMonth(month);
    requests = Array.from({ length: bodies }, (_, i) => opened.prepare(source.body(first + i)));
    poster = opened;
  },

  /** As fast as the server answers. @param {{lanes: number}} target */
  async run({ lanes }) {
    const timing = await runInLanes(lanes, requests.length, async (job) => {
      await /** @type {BatchPoster} */ (poster).post(/** @type {Buffer} */ (requests[job]));
    });
    requests = [];
    poster?.close();
    return timing;
  },

  /** The whole month; bodies are made on the way. @param {{url: string, lanes: number, token: string, month: any}} shape */
  async load({ month, ...target }) {
    const opened = open(target);
    const source = new ActivityMonth(month);
    const timing = await runInLanes(target.lanes, source.bodies, async (job) => {
      await opened.post(opened.prepare(source.body(job)));
    });
    opened.close();
    return { seconds: timing.seconds };
  },
});
