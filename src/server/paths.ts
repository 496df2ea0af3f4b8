/** Where things are. */
export const paths = {
  root: '/',
  health: '/health',
  live: '/health/live',
  ready: '/health/ready',
  stats: '/ws/stats',
  stream: '/ws/heatmap',
} as const;

/** The path of a request target, without its query. */
export function pathOf(target: string): string {
  const queryStart = target.indexOf('?');
  return queryStart === -1 ? target : target.slice(0, queryStart);
}
