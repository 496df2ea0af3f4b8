/** Where things are. */
export const paths = {
  root: '/',
  health: '/health',
  live: '/health/live',
  ready: '/health/ready',
  stats: '/ws/stats',
  stream: '/ws/heatmap',
} as const;

/** The path of a request target, without its query. A target may be a whole address (RFC 9112, section 3.2.2). */
export function pathOf(target: string): string {
  if (/^https?:\/\//i.test(target) && URL.canParse(target)) return new URL(target).pathname;
  const queryStart = target.indexOf('?');
  return queryStart === -1 ? target : target.slice(0, queryStart);
}
