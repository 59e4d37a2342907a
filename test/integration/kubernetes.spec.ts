import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadConfig } from '../../src/config/load-config.js';
import { problemsOf, readYaml, type Manifest } from '../support/manifests.js';
import { documentedVariables, dockerfile } from '../support/deploy-files.js';

const FOLDER = new URL('../../deploy/kubernetes/', import.meta.url).pathname;
const BASE = join(FOLDER, 'base');
const OVERLAY = join(FOLDER, 'overlays/example');
const KUSTOMIZATION = 'kustomization.yaml';

const filesOf = (folder: string) => readdirSync(folder).filter((name) => name !== KUSTOMIZATION);
const manifests: { file: string; manifest: Manifest }[] = [BASE, OVERLAY].flatMap((folder) =>
  filesOf(folder).flatMap((file) => readYaml(join(folder, file)).map((manifest) => ({ file, manifest }))),
);
const all = (kind: string) => manifests.map(({ manifest }) => manifest).filter((manifest) => manifest.kind === kind);
const named = (kind: string, name = 'almanac') => all(kind).find(({ metadata }) => metadata.name === name)!;
const deployments = all('Deployment');
const containerOf = (deployment: Manifest) => deployment.spec.template.spec.containers[0];

describe('the manifests for Kubernetes', () => {
  it.each(manifests.map(({ file, manifest }) => [file, manifest.kind, manifest] as const))(
    'should be accepted whole by the published schemas: %s (%s)',
    async (_, __, manifest) => {
      expect(await problemsOf(manifest)).toEqual([]);
    },
  );

  it('should be judged by a check that finds what is wrong', async () => {
    const broken = structuredClone(named('Deployment', 'almanac-api'));
    const container = containerOf(broken);
    container.livenesProbe = {};
    broken.spec.template.spec.containers[0].ports[0].containerPort = 'http';
    expect(await problemsOf(broken)).toEqual([
      expect.stringContaining('containerPort must be integer'),
      'unknown field /spec/template/spec/containers/0/livenesProbe',
    ]);
  });

  it('should be listed in a kustomization, each once, and listed files be there', () => {
    const [base] = readYaml(join(BASE, KUSTOMIZATION));
    expect([...base.resources].sort()).toEqual(filesOf(BASE).sort());
    const [overlay] = readYaml(join(OVERLAY, KUSTOMIZATION));
    const listed = [...overlay.resources, ...overlay.patches.map(({ path }: { path: string }) => path)];
    expect(listed.sort()).toEqual(['../../base', ...filesOf(OVERLAY)].sort());
    for (const kustomization of [base, overlay]) {
      expect(kustomization).toMatchObject({ apiVersion: 'kustomize.config.k8s.io/v1beta1', kind: 'Kustomization' });
    }
    // A patch of what is not there fails only when it is applied.
    for (const { path } of overlay.patches) {
      const [{ kind, metadata }] = readYaml(join(OVERLAY, path));
      expect(all(kind).filter((manifest) => manifest.metadata.name === metadata.name)).toHaveLength(2);
    }
    const images = deployments.map((deployment) => containerOf(deployment).image);
    expect(new Set(images)).toEqual(new Set(overlay.images.map(({ name }: { name: string }) => name)));
  });

  it('should run an API and a worker of the same image, without rights', () => {
    expect(deployments.map((deployment) => containerOf(deployment).env)).toEqual([
      [{ name: 'PROCESS_TYPE', value: 'api' }],
      [{ name: 'PROCESS_TYPE', value: 'worker' }],
    ]);
    const user = Number(/^USER (\d+):\d+$/m.exec(dockerfile())![1]);
    for (const deployment of deployments) {
      const pod = deployment.spec.template.spec;
      expect(pod).toMatchObject({ serviceAccountName: 'almanac', automountServiceAccountToken: false });
      expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: user });
      expect(containerOf(deployment).securityContext).toMatchObject({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
    }
    expect(named('ServiceAccount').automountServiceAccountToken).toBe(false);
  });

  it('should select what they are about', () => {
    for (const { spec } of deployments) expect(spec.template.metadata.labels).toEqual(spec.selector.matchLabels);
    const selected = (labels: Record<string, string>) =>
      deployments
        .filter(({ spec }) =>
          Object.entries(labels).every(([key, value]) => spec.template.metadata.labels[key] === value),
        )
        .map(({ metadata }) => metadata.name);
    expect(selected(named('Service').spec.selector)).toEqual(['almanac-api']);
    expect(selected(named('NetworkPolicy').spec.podSelector.matchLabels)).toEqual(['almanac-api', 'almanac-worker']);
    for (const budget of all('PodDisruptionBudget'))
      expect(selected(budget.spec.selector.matchLabels)).toEqual([budget.metadata.name]);
    for (const scaler of all('HorizontalPodAutoscaler'))
      expect(deployments.map(({ metadata }) => metadata.name)).toContain(scaler.spec.scaleTargetRef.name);
    for (const ingress of all('Ingress')) {
      const [path] = ingress.spec.rules[0].http.paths;
      expect(named('Service').spec.ports.map(({ name }: { name: string }) => name)).toContain(
        path.backend.service.port.name,
      );
    }
  });

  it('should probe routes that are there, on the port that the server has', () => {
    const controller = readFileSync(new URL('../../src/modules/health/health.controller.ts', import.meta.url), 'utf8');
    for (const deployment of deployments) {
      const container = containerOf(deployment);
      const { startupProbe, livenessProbe, readinessProbe, ports } = container;
      const probes = [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet);
      expect(probes.map(({ path }) => path)).toEqual(['/health/startup', '/health/live', '/health/ready']);
      for (const { path, port } of probes) {
        expect(controller).toContain(`@Get('${path.slice(1)}')`);
        expect(port).toBe(ports[0].name);
      }
      expect(String(ports[0].containerPort)).toBe(named('ConfigMap').data.PORT);
    }
  });

  it('should leave more time to stop than the server takes', () => {
    const { data } = named('ConfigMap');
    const seconds = (Number(data.SHUTDOWN_DRAIN_MS) + Number(data.SHUTDOWN_TIMEOUT_MS)) / 1000 + 3;
    for (const { spec } of deployments)
      expect(spec.template.spec.terminationGracePeriodSeconds).toBeGreaterThan(seconds);
  });

  it('should set variables that README.md explains, and a configuration that the server accepts', () => {
    const known = documentedVariables();
    const secret = named('Secret').stringData as Record<string, string>;
    for (const map of all('ConfigMap')) for (const name of Object.keys(map.data)) expect([...known]).toContain(name);
    for (const name of Object.keys(secret)) expect([...known]).toContain(name);
    const data = Object.assign({}, ...all('ConfigMap').map((map) => map.data)) as Record<string, string>;
    // The example as it stands must not become anybody's secret.
    expect(() => loadConfig({ ...data, ...secret })).toThrow(/JWT_SECRET/);
    const random = () => randomBytes(32).toString('base64');
    const env = { ...data, ...secret, JWT_SECRET: random(), ENCRYPTION_KEY: random() };
    for (const processType of ['api', 'worker'] as const) {
      const config = loadConfig({ ...env, PROCESS_TYPE: processType });
      expect(config).toMatchObject({ jobs: { processType }, mongo: { embedded: false }, sql: { dialect: 'postgres' } });
      expect(config.redis.url).toBeDefined();
      expect(config.influx.connection).toBeDefined();
      expect(config.http).toMatchObject({ host: '0.0.0.0', port: 5000, trustedProxies: 1 });
    }
  });
});
