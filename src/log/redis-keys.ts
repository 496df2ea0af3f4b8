/** Names of everything in Redis. A stream's name in braces keeps its keys together in a cluster. */
export function redisKeys(prefix: string) {
  return {
    position: `${prefix}:position`,
    ofStream: (stream: string) => ({
      state: `${prefix}:{${stream}}:state`,
      log: `${prefix}:{${stream}}:log`,
      checkpoints: `${prefix}:{${stream}}:checkpoints`,
      lease: `${prefix}:{${stream}}:lease`,
      frames: `${prefix}:{${stream}}:frames`,
    }),
  };
}
