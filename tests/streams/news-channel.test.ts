import { expect, it } from 'vitest';
import { NewsChannel } from '../../src/streams/news-channel.ts';

function stage() {
  const told: string[] = [];
  const channel = new NewsChannel<string>({
    recapOf: (before, news) => (news === 'nothing' ? null : `${before ?? ''}${news}`),
    told: (news) => told.push(news),
  });
  const listener = () => {
    const heard: string[] = [];
    return { heard, next: (news: string) => heard.push(news) };
  };
  return { channel, told, listener };
}

it('tells a newcomer what there was, then everybody what there is, until he leaves', () => {
  const { channel, told, listener } = stage();
  const [first, second] = [listener(), listener()];
  channel.join(first);
  channel.tell('a');
  channel.tell('b');
  channel.join(second);
  expect(channel.listeners).toBe(2);
  channel.leave(first);
  channel.tell('c');
  channel.leave(first);
  expect([first.heard, second.heard, told]).toEqual([
    ['a', 'b'],
    ['ab', 'c'],
    ['a', 'b', 'c'],
  ]);
  expect([channel.listeners, channel.recap]).toEqual([1, 'abc']);
});

it('begins in silence when there is nothing to tell again', () => {
  const { channel, listener } = stage();
  channel.tell('nothing');
  const late = listener();
  channel.join(late);
  expect(late.heard).toEqual([]);
});
