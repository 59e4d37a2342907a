import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
);

/** `describe`, or without Chromium a skip that says so; in CI a missing browser is a failure, not a skip. */
export function describeWithBrowser(what: string): typeof describe.skip {
  if (CHROMIUM !== undefined || process.env.CI === 'true') return describe;
  process.stderr.write(`SKIPPED: ${what} in a browser, since no Chromium is installed (apt-get install chromium).\n`);
  return describe.skip;
}

/** Headless, and without anything that would call home. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
