/**
 * The pictures of the documents, made from a running server: `node scripts/pictures.ts URL` (a server that plays a recorded day; its
 * dashboard is photographed). Needs Debian's Chromium.
 */
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const [url = 'http://localhost:8000/'] = process.argv.slice(2);
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1500, height: 900 } });
await page.goto(url);
// The map is asked for when the chart is there; the summary is written when the map is.
await page.waitForFunction(() => document.getElementById('summary')?.textContent !== '');
await page.screenshot({ path: fileURLToPath(new URL('../docs/dashboard.png', import.meta.url)) });
await browser.close();
