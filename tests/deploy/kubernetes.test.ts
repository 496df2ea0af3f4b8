/**
 * The Kubernetes manifests: valid by the schemas of the API, without a field that the API does not know, and true to what they promise.
 *
 * The schemas say nothing against unknown fields. The types that are made of them do, so each manifest is also given to the compiler
 * as a literal of its type.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Ingress } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Service } from 'kubernetes-models/v1';
import { describe, expect, it } from 'vitest';
import { projectRoot, temporaryDirectory } from '../support/server-process.ts';
import { deployYaml, imageInstruction, manifestFiles, projectPackage } from './deploy-files.ts';

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

const kinds = { ConfigMap, Deployment, Ingress, PodDisruptionBudget, Service };
const manifest = <T extends Manifest>(name: string) => deployYaml<T>(`kubernetes/${name}.yaml`);

/** Schemas are chosen by what the manifest says of itself. */
function problemOf(found: Manifest): string | null {
  const kind = kinds[found.kind as keyof typeof kinds];
  if (kind === undefined || kind.apiVersion !== found.apiVersion)
    return `${found.apiVersion} ${found.kind} is not known`;
  try {
    new kind(found as never).validate();
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** What the compiler has to say of the manifests, a line each. */
async function complaintsAbout(manifests: readonly Manifest[]): Promise<string[]> {
  const directory = await temporaryDirectory();
  const file = join(directory.path, 'manifests.mts');
  const modelsOf = (apiVersion: string) => join(projectRoot, 'node_modules/kubernetes-models', apiVersion, 'index.js');
  const lines = manifests.map((found, i) => {
    const type = `import(${JSON.stringify(modelsOf(found.apiVersion))}).I${found.kind}`;
    return `export const manifest${i}: ${type} = ${JSON.stringify(found)};`;
  });
  writeFileSync(file, lines.join('\n'));
  const flags = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--module',
    'nodenext',
    '--types',
    '',
    '--pretty',
    'false',
  ];
  try {
    execFileSync(join(projectRoot, 'node_modules/.bin/tsc'), [...flags, file], { encoding: 'utf8' });
    return [];
  } catch (error) {
    return (error as { stdout: string }).stdout.trim().split('\n');
  } finally {
    await directory.dispose();
  }
}

const deployment = manifest<Manifest & { spec: NonNullable<Deployment['spec']> }>('deployment');
const pod = deployment.spec.template.spec!;
const container = pod.containers[0]!;
const labels = deployment.spec.template.metadata!.labels!;
const settings = manifest<Manifest & { data: Record<string, string> }>('config-map').data;

describe('the manifests', () => {
  const all = manifestFiles.map((file) => deployYaml<Manifest>(`kubernetes/${file}`));

  it.each(all.map((found) => [found.kind, found] as const))('have a %s that is valid by its schema', (_, found) => {
    expect(problemOf(found)).toBeNull();
  });

  it('have no field that the API does not know', async () => {
    expect(await complaintsAbout(all)).toEqual([]);
  });

  it('are refused when a value is of the wrong type, or a field is misspelt', async () => {
    const wrong = { ...deployment, spec: { ...deployment.spec, replicas: 'three' } };
    expect(problemOf(wrong)).toMatch(/replicas must be integer/);
    const { livenessProbe, ...rest } = container;
    const misspelt = { ...rest, livenessProb: livenessProbe };
    const spec = { ...deployment.spec, template: { spec: { containers: [misspelt] } } };
    expect(await complaintsAbout([{ ...deployment, spec } as Manifest])).toEqual([
      expect.stringMatching(/livenessProb.* does not exist/),
    ]);
  });
});

describe('the nodes', () => {
  it('are of the image of this version', () => {
    expect(container.image).toBe(`heatline:${projectPackage().version}`);
  });

  it('are looked after by probes that ask for the right thing', () => {
    expect(container.livenessProbe!.httpGet).toEqual({ path: '/health/live', port: 'http' });
    expect(container.readinessProbe!.httpGet).toEqual({ path: '/health/ready', port: 'http' });
    expect(container.ports).toEqual([{ name: 'http', containerPort: Number(imageInstruction('EXPOSE')) }]);
  });

  it('have the time to say goodbye: the pause and the stop end before the kill', () => {
    const needed = container.lifecycle!.preStop!.sleep!.seconds + Number(settings.SHUTDOWN_TIMEOUT);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(needed);
  });

  it('are not root, write to nothing but their volumes, and may nothing', () => {
    const user = Number(imageInstruction('USER').split(':')[0]);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: user, fsGroup: user });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(container.volumeMounts!.map(({ mountPath }) => mountPath)).toContain(imageInstruction('VOLUME'));
    expect(pod.automountServiceAccountToken).toBe(false);
  });

  it('have their settings from the ConfigMap, and the address of Redis with its password from a Secret', () => {
    expect(container.envFrom).toEqual([{ configMapRef: { name: manifest('config-map').metadata.name } }]);
    expect(container.env).toEqual([
      { name: 'REDIS_URL', valueFrom: { secretKeyRef: { name: 'heatline-redis', key: 'url' } } },
    ]);
    expect(Object.keys(settings)).not.toContain('REDIS_URL');
  });

  it('never go on alone: one that finds no Redis ends, and is started again', () => {
    expect(settings).toMatchObject({ REDIS_ENABLED: 'true', REDIS_FALLBACK: 'none' });
  });

  it('get no variables of Services, which begin like settings and are none', () => {
    expect(pod.enableServiceLinks).toBe(false);
  });

  it('are replaced one after the other, a new one first', () => {
    expect(deployment.spec.strategy!.rollingUpdate).toEqual({ maxSurge: 1, maxUnavailable: 0 });
    const budget = manifest<Manifest & { spec: NonNullable<PodDisruptionBudget['spec']> }>('pod-disruption-budget');
    expect(budget.spec).toEqual({ maxUnavailable: 1, selector: { matchLabels: labels } });
    expect(deployment.spec.replicas).toBeGreaterThan(1);
  });
});

describe('what leads to them', () => {
  const service = manifest<Manifest & { spec: NonNullable<Service['spec']> }>('service');
  const ingress = manifest<Manifest & { spec: NonNullable<Ingress['spec']> }>('ingress');

  it('is one Service that finds them by their label, and their port by its name', () => {
    expect(service.spec.selector).toEqual(labels);
    expect(deployment.spec.selector.matchLabels).toEqual(labels);
    expect(service.spec.ports).toEqual([{ name: 'http', port: 80, targetPort: 'http' }]);
  });

  it('is an Ingress to that Service, which lets a connection be silent for a day', () => {
    const { annotations } = ingress.metadata as { annotations: Record<string, string> } & Manifest['metadata'];
    expect(annotations['nginx.ingress.kubernetes.io/proxy-read-timeout']).toBe(String(24 * 3600));
    expect(annotations['nginx.org/proxy-read-timeout']).toBe('24h');
    expect(annotations['nginx.org/websocket-services']).toBe(service.metadata.name);
    const backends = ingress.spec.rules!.flatMap(({ http }) => http!.paths.map(({ backend }) => backend.service));
    expect(backends).toEqual([{ name: service.metadata.name, port: { name: 'http' } }]);
  });
});
