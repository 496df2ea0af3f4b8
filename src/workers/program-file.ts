/** The files of this program that threads run or that are read: TypeScript as it is written, JavaScript of the same name once it is built. */
const isBuilt = import.meta.url.endsWith('.js');

/** @param source as it is called in the sources: `new URL('./task.ts', import.meta.url)`. */
export function programFile(source: URL): URL {
  return isBuilt ? new URL(source.href.replace(/\.ts$/, '.js')) : source;
}
