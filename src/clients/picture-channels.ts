/**
 * The channels of all pictures on offer. Those of one venue are drawn for clients only, since there are many; the others get a picture now
 * and then without clients too, each at another tick.
 */
import type { SymbolFrame } from '../actors/symbol-frame.ts';
import type { Config } from '../config.ts';
import { picturedBy } from '../market/picture-name.ts';
import { type ChannelObserver, FrameChannel } from '../streams/frame-channel.ts';

export function pictureChannels(
  { pictureNames, idleTicks, updateTicks, recentPictures }: Config,
  observerOf: (name: string) => ChannelObserver<SymbolFrame>,
): ReadonlyMap<string, FrameChannel<SymbolFrame>> {
  return new Map(
    pictureNames.map((name, i) => {
      const ownTicks = picturedBy(name).venue === null ? idleTicks : Number.POSITIVE_INFINITY;
      const channel = new FrameChannel<SymbolFrame>(ownTicks, observerOf(name), recentPictures, i);
      // At the default pace newcomers are given nothing older than they would be anyway.
      channel.owesFirst = ownTicks > updateTicks;
      return [name, channel];
    }),
  );
}
