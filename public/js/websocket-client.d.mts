/** Types of what the server serves at this address. */
export * from '../../src/client/heatmap-websocket.ts';
export * from '../../src/client/held-picture.ts';
