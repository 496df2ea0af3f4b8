/** Debian's Chromium, driven over its own protocol. */
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { available } from './require-or-skip.ts';

export const chromiumPath = '/usr/bin/chromium';
/** Nothing that it would ask of the world by itself. */
export const chromiumArguments = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
] as const;

export const isChromiumThere = available('chromium', existsSync(chromiumPath));

/** Closed when the test is over. */
export async function startChromium(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: chromiumPath, args: [...chromiumArguments] });
  onTestFinished(() => browser.close());
  return browser;
}
