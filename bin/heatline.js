#!/usr/bin/env node
// Runs the built server (or `doctor`, `log`, `score`) on the Node that was installed with it, whichever Node runs this: an older one need
// only be able to start another. In place of this process where it can be replaced, else as its child.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;
const tools = { doctor: 'doctor.js', log: 'log-tool.js', score: 'score-tool.js' };

const [first, ...rest] = process.argv.slice(2);
const tool = Object.hasOwn(tools, first ?? '') ? tools[first] : null;
const program = fileURLToPath(new URL(`../dist/${tool ?? 'main.js'}`, import.meta.url));
const flags = tool === null ? ['--max-semi-space-size=8', '--heap-growing-percent=150'] : [];
const args = [...flags, program, ...(tool === null ? process.argv.slice(2) : rest)];

function bundledNode() {
  try {
    const path = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
    return existsSync(path) ? path : null;
  } catch {
    return null;
  }
}

const node = bundledNode() ?? (Number.parseInt(process.versions.node, 10) >= oldestMajor ? process.execPath : null);
if (node === null) {
  process.stderr.write(
    `heatline needs Node ${oldestMajor}, and this is ${process.version}. The one it brings is not there: was it installed without scripts? "npm rebuild node" fetches it.\n`,
  );
  process.exit(1);
}
if (typeof process.execve === 'function') {
  process.removeAllListeners('warning');
  process.execve(node, [node, ...args], process.env);
}
const child = spawn(node, args, { stdio: 'inherit' });
// A terminal tells the child of Ctrl-C itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
