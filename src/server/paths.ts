/** Where things are. */
export const paths = {
  root: '/',
  health: '/health',
  live: '/health/live',
  ready: '/health/ready',
  stats: '/ws/stats',
  stream: '/ws/heatmap',
  script: '/js/websocket-client.js',
  scriptModule: '/js/websocket-client.mjs',
  openApi: '/openapi.json',
  asyncApi: '/asyncapi.json',
  docs: '/docs',
  statsPage: '/stats',
  accuracyPage: '/accuracy',
  accuracy: '/accuracy.json',
  metrics: '/metrics',
  history: '/liquidations/heatmap-timeseries',
} as const;

/** The parameters of a request target. */
export function parametersOf(target: string): URLSearchParams {
  const queryStart = target.indexOf('?');
  return new URLSearchParams(queryStart === -1 ? '' : target.slice(queryStart + 1).replace(/#.*$/, ''));
}

/** The path of a request target, without its query. A target may be a whole address (RFC 9112, section 3.2.2). */
export function pathOf(target: string): string {
  if (/^https?:\/\//i.test(target) && URL.canParse(target)) return new URL(target).pathname;
  const queryStart = target.indexOf('?');
  return queryStart === -1 ? target : target.slice(0, queryStart);
}
