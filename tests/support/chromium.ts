/** Debian's Chromium, driven over its own protocol. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { available } from './require-or-skip.ts';

const executablePath = '/usr/bin/chromium';

export const isChromiumThere = available('chromium', existsSync(executablePath));

/** Closed when the test is over. */
export async function startChromium(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  onTestFinished(() => browser.close());
  return browser;
}
