/** `npm run score` as a process of its own. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from './server-process.ts';

export interface ScoreToolAnswer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export function scoreTool(...argv: string[]): Promise<ScoreToolAnswer> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(projectRoot, 'src/score-tool.ts'), ...argv], (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), out, err }),
    );
  });
}
