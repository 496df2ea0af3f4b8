/** The Dockerfile, linted and held to its promises; `image.test.ts` runs what it describes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { projectRoot } from '../support/server-process.ts';
import {
  deployText,
  dockerfile,
  imageCommands,
  imageInstruction,
  imageInstructions,
  projectPackage,
} from './deploy-files.ts';

const lint = (text: string) => validate(text).map(({ range, message }) => `${range.start.line + 1}: ${message}`);
const pinnedNode = '/app/node_modules/node/bin/node';

describe('the Dockerfile', () => {
  it('has nothing a linter minds', () => {
    expect(lint(deployText('Dockerfile'))).toEqual([]);
  });

  it('installs exactly what the lock says, without what is for development', () => {
    const runs = dockerfile().filter(({ keyword }) => keyword === 'RUN');
    expect(runs[0]!.argument).toMatch(/^npm ci --omit=dev\b/);
    expect(runs.filter(({ argument }) => /npm (i|install)\b|curl|wget/.test(argument))).toEqual([]);
  });

  it('leaves behind what it was built with', () => {
    expect(dockerfile().filter(({ keyword }) => keyword === 'FROM')).toHaveLength(2);
    const copies = imageInstructions().filter(({ keyword }) => keyword === 'COPY');
    expect(copies.filter(({ flags }) => !flags.includes('--from=build'))).toEqual([]);
    expect(imageInstructions().filter(({ keyword }) => keyword === 'RUN')).toEqual([]);
  });

  it('is not run as root, by a number that Kubernetes can check', () => {
    expect(imageInstruction('USER')).toMatch(/^[1-9]\d*:[1-9]\d*$/);
  });

  it('starts the pinned Node itself, without a shell that would keep signals from it', () => {
    const flags = /^node (.*) src\/main\.ts$/.exec(projectPackage().scripts.start!)![1]!;
    expect(imageCommands().server).toEqual([pinnedNode, ...flags.split(' '), '/app/src/main.ts']);
  });

  it('asks with the same Node whether the server is ready', () => {
    const [node, , code] = imageCommands().healthCheck;
    expect(node).toBe(pinnedNode);
    expect(code).toContain('/health/ready');
  });

  it('is sent only what it copies', () => {
    const ignore = readFileSync(join(projectRoot, '.dockerignore'), 'utf8').split('\n');
    const sent = ignore.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
    expect(ignore).toContain('*');
    const copied = dockerfile()
      .filter(({ keyword, flags }) => keyword === 'COPY' && flags.length === 0)
      .flatMap(({ argument }) => argument.split(/\s+/).slice(0, -1));
    expect(copied.sort()).toEqual(sent.sort());
  });
});

describe('the linter', () => {
  it('finds what is wrong', () => {
    expect(lint("FROM debian\nENTRYPOINT ['node']\nWORKDIR app\n")).toHaveLength(2);
  });
});
