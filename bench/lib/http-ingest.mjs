// @ts-check
// Load generator: posts prepared batches and does as little else as possible.
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchPoster } from './batch-poster.mjs';
import { runInLanes } from './lanes.mjs';
import { PacedLoad } from './paced-load.mjs';
import { makeBatches } from './product-events.mjs';
import { serveWorker } from './worker.mjs';

/** @type {Buffer[]} */
let requests = [];
/** @type {BatchPoster | undefined} */
let poster;

serveWorker({
  /** @param {{url: string, lanes: number, projectKey: string, round: number, batches: number, size: number}} shape */
  prepare({ url, lanes, projectKey, ...shape }) {
    const opened = new BatchPoster(url, lanes);
    requests = makeBatches(shape).map((events) => opened.prepare({ projectKey, events }));
    poster = opened;
  },

  /** As fast as the server answers. @param {{lanes: number}} target */
  async run({ lanes }) {
    let acknowledged = 0;
    const timing = await runInLanes(lanes, requests.length, async (job) => {
      const { inserted } = await post(job);
      acknowledged += inserted;
    });
    forget();
    return { ...timing, acknowledged };
  },

  /** At a fixed rate, each latency from the moment a request was due. @param {{lanes: number, perSecond: number}} target */
  async pace({ lanes, perSecond }) {
    let [acknowledged, answered] = [0, 0];
    const load = new PacedLoad({
      perSecond,
      connections: lanes,
      send: async (number) => {
        if (number >= requests.length) return;
        const { inserted } = await post(number);
        acknowledged += inserted;
        answered++;
      },
    });
    load.start();
    while (answered < requests.length) await sleep(20);
    await load.stop();
    // What came after the last is no request.
    const latenciesMs = load.latenciesMs.slice(0, requests.length);
    forget();
    return { seconds: latenciesMs.length / perSecond, latenciesMs, acknowledged };
  },
});

/** @param {number} job */
function post(job) {
  return /** @type {BatchPoster} */ (poster).post(/** @type {Buffer} */ (requests[job]));
}

function forget() {
  requests = [];
  poster?.close();
  poster = undefined;
}
