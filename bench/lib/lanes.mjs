// @ts-check

/**
 * Runs `jobs` numbered jobs, always `lanes` of them at once.
 * @param {number} lanes
 * @param {number} jobs
 * @param {(job: number) => Promise<void>} run
 * @returns {Promise<{seconds: number, latenciesMs: number[]}>} time from the first start to the last end, and that of each
 */
export async function runInLanes(lanes, jobs, run) {
  /** @type {number[]} */
  const latenciesMs = [];
  let next = 0;
  const lane = async () => {
    while (next < jobs) {
      const job = next++;
      const began = performance.now();
      await run(job);
      latenciesMs.push(performance.now() - began);
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: lanes }, lane));
  return { seconds: (performance.now() - began) / 1000, latenciesMs };
}
