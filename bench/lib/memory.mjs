// @ts-check
import { readFileSync, writeFileSync } from 'node:fs';

const KIB_PER_MB = 1e6 / 1024;

/**
 * Memory of a process in MB: what it holds now, and the most it held since its start or since `resetPeak`. NaN where
 * there is no /proc.
 * @param {number} pid
 */
export function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    /** @param {string} field */
    const megabytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KIB_PER_MB;
    return { rss: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  } catch {
    return { rss: NaN, peak: NaN };
  }
}

/**
 * Lets the peak begin anew at what the process holds now.
 * @param {number} pid
 */
export function resetPeak(pid) {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch {
    // The peak then goes back to the start of the process.
  }
}
