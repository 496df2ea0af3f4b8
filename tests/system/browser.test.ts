/**
 * What a browser's page adds to being slow. Chromium answers pings outside of the page, so for a while a page that stands still looks
 * well: it takes frames until its own buffers are full (some hundreds of kB), and only then stops reading. From there on it is a slow
 * consumer like any other, and when the page goes on, the newest frame comes right behind what had been taken.
 */
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { startStage } from '../server/protocol-stage.ts';
import { isChromiumThere, startChromium } from '../support/chromium.ts';

interface Page {
  seqs: number[];
  warnings: { code: string; dropped_messages: number }[];
}

/** The density of some 500 levels. */
const ballast = '1234567,'.repeat(4000);

declare const seen: Page;

describe.skipIf(!isChromiumThere)('a paused browser tab', () => {
  it('becomes slow, loses all but the newest, and is well again when it goes on', { timeout: 120_000 }, async () => {
    const stage = await startStage('--ws-slow-consumer-timeout=0.2', '--ws-stuck-timeout=100');
    const browser = await startChromium();
    const page = await browser.newPage();
    // A page of the server itself, since others would be asked whether they may reach a local address.
    await page.goto(`http://127.0.0.1:${stage.port}/`);
    await page.evaluate(listen, stage.port);
    let seq = 0;
    const publish = async () => {
      stage.publish({ type: 'snapshot', seq: ++seq, ballast });
      await setImmediate();
      return stage.clients.totals();
    };
    const shown = () => page.evaluate(() => seen);
    for (let totals = await stage.clients.totals(); totals.subscriptions.BTCUSDT !== 1; ) {
      await setImmediate();
      totals = await stage.clients.totals();
    }
    await publish();
    while ((await shown()).seqs.length === 0);

    const debug = await page.context().newCDPSession(page);
    await debug.send('Debugger.enable');
    const paused = new Promise((resolve) => debug.once('Debugger.paused', resolve));
    await debug.send('Debugger.pause');
    await publish();
    await paused;
    let totals = await publish();
    while (totals.slow === 0) totals = await publish();
    expect(totals.active).toBe(1);
    for (let i = 0; i < 100; i++) await publish();
    await debug.send('Debugger.disable');
    await debug.detach();

    while ((await shown()).seqs.at(-1) !== seq);
    while (totals.slow > 0) {
      totals = await publish();
      while ((await shown()).seqs.at(-1) !== seq);
    }
    const { seqs, warnings } = await shown();
    expect(seqs).toEqual([...new Set(seqs)].sort((a, b) => a - b));
    expect(warnings.map(({ code }) => code)).toEqual(['SLOW_CONSUMER']);
    expect(warnings[0]!.dropped_messages).toBeGreaterThan(50);
    expect(seqs.length + (await stage.clients.totals()).dropped).toBe(seq);
  });
});

/** Runs in the page. */
function listen(port: number): Promise<void> {
  const page: Page = { seqs: [], warnings: [] };
  Object.assign(globalThis, { seen: page });
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws/heatmap`);
    socket.onopen = () => {
      socket.send('{"action":"subscribe","symbols":["BTCUSDT"]}');
      resolve();
    };
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.type === 'warning') page.warnings.push(message);
      else page.seqs.push(message.seq);
    };
  });
}
