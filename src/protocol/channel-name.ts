/** What a client may be sent of a symbol: its pictures, of which the newest counts, and news, of which each counts. */
export const channelNames = ['heatmap', 'liquidations', 'score'] as const;

export type ChannelName = (typeof channelNames)[number];
export type NewsChannelName = Exclude<ChannelName, 'heatmap'>;

export const newsChannelNames: readonly NewsChannelName[] = channelNames.filter((name) => name !== 'heatmap');
