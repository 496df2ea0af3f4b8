/** The files under `deploy` as their readers read them: YAML with merge keys, the Dockerfile by instructions. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DockerfileParser, type ModifiableInstruction } from 'dockerfile-ast';
import { parse } from 'yaml';
import { projectRoot } from '../support/server-process.ts';

export const composeFiles = ['docker-compose.yml', 'docker-compose.multi.yml'];
export const manifestFiles = readdirSync(join(projectRoot, 'deploy/kubernetes'));

export function deployText(name: string): string {
  return readFileSync(join(projectRoot, 'deploy', name), 'utf8');
}

export function deployYaml<T>(name: string): T {
  return parse(deployText(name), { merge: true });
}

export function projectPackage(): { readonly version: string; readonly scripts: Readonly<Record<string, string>> } {
  return JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
}

export interface ComposeService {
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly stop_grace_period?: string;
  readonly read_only?: boolean;
  readonly command?: readonly string[];
  readonly volumes?: readonly string[];
  readonly extra_hosts?: readonly string[];
  readonly networks?: { readonly default: { readonly ipv4_address: string } };
}

export function composeServices(name: string): Readonly<Record<string, ComposeService>> {
  return deployYaml<{ services: Record<string, ComposeService> }>(name).services;
}

/** Those that run this project's image, by name. */
export function composeNodes(name: string): [string, ComposeService][] {
  return Object.entries(composeServices(name)).filter(([, { image }]) => image.startsWith('heatline:'));
}

export interface Instruction {
  readonly keyword: string;
  /** Such as --from=build. */
  readonly flags: readonly string[];
  readonly argument: string;
}

export function dockerfile(): Instruction[] {
  return DockerfileParser.parse(deployText('Dockerfile'))
    .getInstructions()
    .map((instruction) => ({
      keyword: instruction.getKeyword(),
      flags: 'getFlags' in instruction ? (instruction as ModifiableInstruction).getFlags().map(String) : [],
      argument: instruction.getArgumentsContent() ?? '',
    }));
}

/** The instructions of the last stage, which the image is made of. */
export function imageInstructions(): Instruction[] {
  const all = dockerfile();
  return all.slice(all.findLastIndex(({ keyword }) => keyword === 'FROM'));
}

/** The one instruction of that kind in the image. */
export function imageInstruction(keyword: string): string {
  const found = imageInstructions().filter((instruction) => instruction.keyword === keyword);
  if (found.length !== 1) throw new Error(`${found.length} instructions ${keyword}, not one`);
  return found[0]!.argument;
}

/** Arguments of the server and of the question whether it is ready, as the container runs them. */
export function imageCommands(): { readonly server: readonly string[]; readonly healthCheck: readonly string[] } {
  return {
    server: JSON.parse(imageInstruction('ENTRYPOINT')),
    healthCheck: JSON.parse(imageInstruction('HEALTHCHECK').replace(/^CMD /, '')),
  };
}
