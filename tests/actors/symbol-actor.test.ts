import { describe, expect, it } from 'vitest';
import { foldStream } from '../../src/log/fold-stream.ts';
import { emptyMemoryStore } from '../../src/log/memory-event-log.ts';
import { symbolBookDigest } from '../../src/market/symbol-book-codec.ts';
import { renderSnapshot } from '../../src/workers/snapshot-task.ts';
import { digestOfLog, Stage, stream, trade, trades } from './symbol-stage.ts';

describe('a symbol actor', () => {
  it('commits, folds, and shows a picture whose seq is the stream’s version', async () => {
    const stage = new Stage();
    expect(await stage.observe(trades(1, 10))).toBe('folded');
    await stage.tick();
    const picture = stage.picture();
    expect(picture).toMatchObject({ symbol: 'BTCUSDT', epoch: 'epoch-1', seq: 11 });
    expect(picture.data.current_price).toBe(100_000);
    expect(picture.data.positions_created).toBe(400);
    expect(picture.data.levels.length).toBeGreaterThan(10);
    for (const { price, long_density, short_density } of picture.data.levels) {
      if (long_density > 0) expect(price).toBeLessThanOrEqual(100_000);
      if (short_density > 0) expect(price).toBeGreaterThanOrEqual(100_000);
    }
  });

  it('sends nothing when the data did not change, and counts since the frame before when it did', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 10));
    await stage.tick();
    await stage.tick();
    await stage.observe([{ kind: 'liquidation', time: 1_000_010, id: 1, price: 1, quantity: 1, side: 'long' }]);
    await stage.tick();
    expect(stage.frames).toHaveLength(1);
    await stage.observe(trades(11, 15));
    await stage.tick();
    expect(stage.frames).toHaveLength(2);
    expect(stage.picture().data).toMatchObject({ positions_created: 200, positions_created_total: 600 });
  });

  it('takes what it saw before for nothing, notes a gap, and refuses what cannot be', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 3));
    await stage.observe([...trades(1, 4), trade(9), trade(10, Number.NaN)]);
    expect(stage.book!.version).toBe(7);
    expect(stage.gaps).toEqual([[5, 9]]);
    expect(stage.refused).toEqual(['trade 10: price NaN is not within 1e-12 and 1000000000000']);
  });

  it('has one picture under way at a time, and serves the ticks that passed with the next', async () => {
    const stage = new Stage();
    let finish: () => void = () => {};
    stage.render = (job) => new Promise((resolve) => (finish = () => resolve(renderSnapshot(job))));
    await stage.observe(trades(1, 5));
    await stage.tick();
    await stage.observe(trades(6, 10));
    await stage.tick();
    await stage.tick();
    expect(stage.renders).toHaveLength(1);
    finish();
    await stage.settle();
    expect(stage.frames.map(({ seq }) => seq)).toEqual([6]);
    await stage.tick();
    finish();
    await stage.settle();
    expect(stage.frames.map(({ seq }) => seq)).toEqual([6, 11]);
  });

  it('tells when a batch was committed and folded, and which one a picture is the first to show', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 5));
    await stage.kernel.advance(250);
    await stage.observe(trades(6, 8));
    await stage.kernel.advance(500);
    await stage.tick();
    await stage.tick();
    expect(stage.folds.map(({ seq, events }) => [seq, events])).toEqual([
      [6, 6],
      [9, 3],
    ]);
    for (const fold of stage.folds) {
      const { observedAt, appendedAt, committedAt, foldedAt } = fold;
      expect(
        [observedAt, appendedAt, committedAt].map((at, i) => at <= [appendedAt, committedAt, foldedAt][i]!),
      ).toEqual([true, true, true]);
    }
    expect(stage.folds[1]!.position).toBeGreaterThan(stage.folds[0]!.position);
    expect(stage.pictures).toHaveLength(1);
    const { fold, startedAt } = stage.pictures[0]!;
    expect(fold).toBe(stage.folds[0]);
    expect(startedAt - fold!.foldedAt).toBe(750);
  });

  it('tries again at the next tick when no picture could be made', async () => {
    const stage = new Stage();
    const { render } = stage;
    stage.render = async () => {
      throw new Error('no worker');
    };
    await stage.observe(trades(1, 5));
    await stage.tick();
    expect([stage.renderFailures, stage.frames.length]).toEqual([1, 0]);
    stage.render = render;
    await stage.tick();
    expect(stage.frames).toHaveLength(1);
  });

  it.each([
    ['was not written', false],
    ['was written, but its answer lost', true],
  ])(
    'that throws because a batch %s comes back from the log and goes on, losing and doubling nothing',
    async (_, written) => {
      const stage = new Stage(emptyMemoryStore(), 4);
      await stage.observe(trades(1, 5));
      await stage.tick();
      stage.log.failures = 1;
      stage.log.isWrittenAnyway = written;
      expect(await stage.observe(trades(6, 8))).toBe('interrupted');
      await stage.kernel.advance(100);
      await stage.settle();
      expect(stage.recoveries).toBe(2);
      expect(await stage.observe(trades(6, 8))).toBe('folded');
      expect(stage.book!.version).toBe(9);
      expect(symbolBookDigest(stage.book!)).toBe(await digestOfLog(stage.store));
      await stage.tick();
      expect(stage.frames.map(({ seq }) => seq)).toEqual([6, 9]);
    },
  );

  it('stands still while the log cannot be written, says so once, and loses and doubles nothing when it can', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 5));
    stage.log.code = 'write_failed';
    stage.log.failures = 3;
    const folded = stage.observe(trades(6, 8));
    await stage.settle();
    expect([stage.stalls, stage.book!.version]).toEqual([['stalled'], 6]);
    for (let i = 0; i < 3; i++) {
      await stage.kernel.advance(1000);
      await stage.settle();
    }
    expect(await folded).toBe('folded');
    expect([stage.stalls, stage.recoveries, stage.book!.version]).toEqual([['stalled', 'resumed'], 1, 9]);
    expect(symbolBookDigest(stage.book!)).toBe(await digestOfLog(stage.store));
  });

  it('marks its last picture stale while the log cannot be written, once, and the next one not', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 5));
    await stage.tick();
    stage.log.code = 'write_failed';
    stage.log.failures = 1;
    const folded = stage.observe(trades(6, 8));
    for (let i = 0; i < 3; i++) await stage.tick();
    await stage.kernel.advance(1000);
    await folded;
    for (let i = 0; i < 3; i++) await stage.tick();
    const pictures = stage.frames.map((_, i) => stage.picture(i));
    expect(pictures.map(({ seq, stale }) => [seq, stale])).toEqual([
      [6, undefined],
      [6, true],
      [9, undefined],
    ]);
    expect(pictures[1]).toMatchObject({ checksum: pictures[0]!.checksum, data: { levels: pictures[0]!.data.levels } });
    // A client in delta mode gets it whole: a delta up to its own seq would be an old one to it.
    const [first, stale] = stage.frames;
    expect(stale!.after(first!, false, () => expect.unreachable())).toBe(stale!.bytes);
  });

  it('stops at once while the log cannot be written', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 5));
    stage.log.code = 'write_failed';
    stage.log.failures = 1;
    void stage.observe(trades(6, 8));
    await stage.settle();
    await new Promise<void>((done) => stage.ref.tell({ type: 'finish', done }));
    expect(stage.book!.version).toBe(6);
  });

  it('stops at once as well when the log fills up in that moment', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 5));
    stage.log.code = 'write_failed';
    stage.log.failures = 1_000_000;
    void stage.observe(trades(6, 8));
    await new Promise<void>((done) => stage.ref.tell({ type: 'finish', done }));
    expect(stage.book!.version).toBe(6);
  });

  it('that was started again does not show again what it had shown, and counts from there', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 5));
    await stage.tick();
    stage.log.failures = 1;
    stage.log.isWrittenAnyway = true;
    await stage.observe(trades(6, 8, 101_000));
    await stage.kernel.advance(100);
    await stage.settle();
    await stage.tick();
    await stage.tick();
    const [shown, next] = stage.frames.map((_, i) => stage.picture(i));
    expect(stage.frames).toHaveLength(2);
    expect(next!.seq).toBe(9);
    expect(next!.data.positions_created).toBe(next!.data.positions_created_total - shown!.data.positions_created_total);
  });

  it('goes on after a restart of the server with the next seq of the same epoch', async () => {
    const store = emptyMemoryStore();
    const first = new Stage(store, 3);
    await first.observe(trades(1, 20));
    await new Promise<void>((done) => first.ref.tell({ type: 'finish', done }));
    const second = new Stage(store);
    await second.observe(trades(15, 30));
    await second.tick();
    expect(second.picture()).toMatchObject({ epoch: 'epoch-1', seq: 31 });

    const whole = new Stage();
    await whole.observe(trades(1, 30));
    expect(symbolBookDigest(second.book!)).toBe(symbolBookDigest(whole.book!));
  });

  it('saves a checkpoint on a clean stop, so that the next start replays nothing', async () => {
    const stage = new Stage();
    await stage.observe(trades(1, 20));
    await new Promise<void>((done) => stage.ref.tell({ type: 'finish', done }));
    const { fromVersion, book } = await foldStream(stage.log, stream, 'BTCUSDT', 21);
    expect(fromVersion).toBe(21);
    expect(symbolBookDigest(book)).toBe(symbolBookDigest(stage.book!));
  });
});
