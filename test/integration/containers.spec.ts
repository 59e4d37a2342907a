import { execFile, execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseEnv, promisify } from 'node:util';
import { Ajv } from 'ajv';
import { collectionsToCopy, COPIED_FIRST, DERIVED_COLLECTIONS } from '../../src/backup/collection-order.js';
import { loadConfig } from '../../src/config/load-config.js';
import { documentedVariables, dockerfile, readFromRoot } from '../support/deploy-files.js';
import { readYaml } from '../support/manifests.js';
import { temporaryFolder } from '../support/server.js';

const run = promisify(execFile);
const ROOT = new URL('../../', import.meta.url).pathname;
/** Of the stores and of Grafana; the server does not read them. */
const NOT_OF_THE_SERVER = ['POSTGRES_PASSWORD', 'INFLUXDB_PASSWORD', 'GRAFANA_PASSWORD'];
/** Variables of platforms and of PostgreSQL's client. */
const OF_OTHERS = new Set([
  'RAILWAY_DEPLOYMENT_DRAINING_SECONDS',
  'RAILWAY_DOCKERFILE_PATH',
  'NODE_OPTIONS',
  'PGSSLMODE',
]);
const OWN = ['api', 'worker'] as const;

const [compose] = readYaml(join(ROOT, 'deploy/compose.yaml'));

/** What `docker compose` makes of `${NAME:?message}`. */
function interpolate(value: string, env: Record<string, string>): string {
  return value.replace(/\$\{(\w+):\?[^}]+\}/g, (_, name: string) => env[name] ?? fail(name));
}
function fail(name: string): never {
  throw new Error(`${name} is not set`);
}

describe('the image', () => {
  const lines = dockerfile().replaceAll('\\\n', ' ').split('\n');
  const final = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')));
  const settings = (instruction: string) => final.filter((line) => line.startsWith(`${instruction} `));

  it('P3 should be of Node.js 24 on Debian trixie, with a server that is process 1 and no npm', () => {
    expect(dockerfile()).toMatch(/^ARG NODE_IMAGE=node:24-trixie-slim$/m);
    expect(dockerfile()).toMatch(/^ARG DEBIAN_IMAGE=debian:trixie-slim$/m);
    expect(final[0]).toBe('FROM ${DEBIAN_IMAGE}');
    // As a list: with a shell between, SIGTERM would not reach the server (P3).
    expect(settings('ENTRYPOINT')).toEqual(['ENTRYPOINT ["node", "--enable-source-maps"]']);
    expect(settings('CMD')).toEqual(['CMD ["dist/main.js"]']);
    expect(settings('HEALTHCHECK').join()).toContain('CMD ["node", "deploy/healthcheck.mjs"]');
    expect(settings('USER')).toEqual(['USER 10001:10001']);
    for (const line of final.filter((text) => !text.startsWith('#'))) expect(line).not.toMatch(/\bnpm\b/);
  });

  it('should have all that the built server reads, and take nothing that .dockerignore leaves out', () => {
    const copied = lines
      .filter((line) => /^COPY (?!--from)/.test(line))
      .flatMap((line) => line.split(/\s+/).slice(1, -1));
    const allowed = readFromRoot('.dockerignore').split('\n');
    expect(allowed).toContain('*');
    for (const path of copied) {
      expect([path, existsSync(join(ROOT, path))]).toEqual([path, true]);
      expect(allowed).toContain(`!${path}`);
    }
    for (const secret of ['.env', 'data', 'deploy', '.git', 'test']) expect(allowed).not.toContain(`!${secret}`);
    // Files outside of dist/ that are read by their place in the project.
    for (const path of ['./prompts', './schemas', 'package.json', './node_modules', './dist'])
      expect(final.join('\n')).toMatch(new RegExp(`^COPY .*${path.replace('.', '\\.')}`, 'm'));
  });

  it('should set only variables that README.md explains', () => {
    const known = [...documentedVariables()];
    const names = [
      ...settings('ENV')
        .join(' ')
        .matchAll(/([A-Z_]+)=/g),
    ].map(([, name]) => name);
    expect(names).toEqual(['NODE_ENV', 'PORT', 'DATA_DIR', 'CACHE_DIR']);
    for (const name of names) expect(known).toContain(name);
    expect(settings('EXPOSE')).toEqual(['EXPOSE 5000']);
  });

  it.each([
    [200, 0],
    [503, 1],
  ])('should be healthy or not as readiness says: %i, exit code %i', async (status, code) => {
    const paths: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      paths.push(request.url);
      response.writeHead(status).end();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const env = { PATH: process.env.PATH, PORT: String((server.address() as AddressInfo).port) };
    const exit = await run(process.execPath, [join(ROOT, 'deploy/healthcheck.mjs')], { env }).then(
      () => 0,
      (error: { code: number }) => error.code,
    );
    server.close();
    expect([exit, paths]).toEqual([code, ['/health/ready']]);
  });
});

describe('the compose project', () => {
  const made = join(temporaryFolder(), '.env');
  let env: Record<string, string>;

  beforeAll(() => {
    execFileSync('sh', [join(ROOT, 'deploy/make-env.sh'), made]);
    env = parseEnv(readFileSync(made, 'utf8')) as Record<string, string>;
  });

  it('should be accepted by the schema of the Compose Specification', () => {
    const schema = JSON.parse(readFileSync(schemaPath(), 'utf8')) as { $schema?: string };
    // Formats such as `duration` are the specification's own.
    const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true, validateSchema: false }).compile(
      {
        ...schema,
        $schema: undefined,
      },
    );
    const [entry] = readYaml(join(ROOT, 'compose.yaml'));
    for (const project of [compose, entry]) {
      validate(project);
      expect(validate.errors ?? []).toEqual([]);
    }
    expect(entry).toEqual({ name: compose.name, include: ['deploy/compose.yaml'] });
    validate({ ...compose, services: { api: { image: 'a', healtcheck: {} } } });
    expect(validate.errors).not.toEqual([]);
  });

  it('should have what the server needs, each with a health check, a volume and a version', () => {
    expect(Object.keys(compose.services)).toEqual([
      ...OWN,
      'mongo',
      'mongo-init',
      'postgres',
      'redis',
      'influxdb',
      'prometheus',
      'grafana',
    ]);
    for (const [name, service] of Object.entries<any>(compose.services)) {
      expect([name, service.image]).toEqual([name, expect.stringMatching(/:v?\d+\.?\d*/)]);
      if ((OWN as readonly string[]).includes(name) || name === 'mongo-init') continue;
      expect([name, service.healthcheck?.test[0]]).toEqual([name, 'CMD']);
      const volumes = service.volumes.map((volume: string) => volume.split(':')[0]);
      expect([name, volumes.some((volume: string) => volume in compose.volumes)]).toEqual([name, true]);
      for (const path of volumes.filter((volume: string) => volume.startsWith('./')))
        expect([path, existsSync(join(ROOT, 'deploy', path))]).toEqual([path, true]);
      for (const dependency of Object.keys(service.depends_on ?? {}))
        expect(compose.services).toHaveProperty(dependency);
    }
  });

  it('should give servers no rights and time to stop', () => {
    for (const name of OWN) {
      expect(compose.services[name]).toMatchObject({
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        // Longer than the drain (5 s), the time limit (15 s) and 3 s.
        stop_grace_period: '40s',
      });
    }
    // Stores are reachable from within only.
    for (const name of ['mongo', 'postgres', 'redis', 'influxdb']) expect(compose.services[name].ports).toBeUndefined();
    for (const name of ['prometheus', 'grafana'])
      for (const port of compose.services[name].ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  });

  it('should get secrets from a file that only its owner reads, and keep it', () => {
    expect(statSync(made).mode & 0o077).toBe(0);
    const before = readFileSync(made, 'utf8');
    execFileSync('sh', [join(ROOT, 'deploy/make-env.sh'), made], { stdio: 'ignore' });
    expect(readFileSync(made, 'utf8')).toBe(before);
    const example = parseEnv(readFromRoot('deploy/compose.env.example'));
    expect(Object.keys(env).sort()).toEqual(Object.keys(example).sort());
    const asked = [...readFromRoot('deploy/compose.yaml').matchAll(/\$\{(\w+):/g)].map(([, name]) => name!);
    for (const name of asked) expect(env[name]).toMatch(/.{20,}/);
    expect(new Set(Object.values(env)).size).toBe(Object.values(env).length);
  });

  it.each(OWN)('should give the %s a configuration that it accepts, of variables that README.md explains', (name) => {
    const own = Object.entries<string>(compose.services[name].environment);
    const all = { ...env, ...Object.fromEntries(own.map(([key, value]) => [key, interpolate(value, env)])) };
    const known = documentedVariables();
    const unknown = Object.keys(all).filter((key) => !known.has(key));
    expect(unknown.sort()).toEqual([...NOT_OF_THE_SERVER].sort());
    const config = loadConfig(all);
    expect(config).toMatchObject({
      jobs: { processType: name },
      mongo: { embedded: false },
      sql: { dialect: 'postgres' },
    });
    expect(config.encryption.keys).toHaveLength(1);
    // Every store that it names is a service of the project.
    const { connection } = config.influx;
    for (const url of [config.mongo.uri, config.sql.location, config.redis.url, connection?.url])
      expect(compose.services).toHaveProperty(new URL(url!).hostname);
    const { environment } = compose.services.influxdb;
    expect([environment.DOCKER_INFLUXDB_INIT_ORG, environment.DOCKER_INFLUXDB_INIT_BUCKET]).toEqual([
      connection?.org,
      connection?.bucket,
    ]);
  });

  it('should be scraped where it listens', () => {
    const [{ scrape_configs: scrapes }] = readYaml(join(ROOT, 'deploy/prometheus/prometheus.compose.yml'));
    expect(scrapes).toHaveLength(1);
    expect(scrapes[0].dns_sd_configs).toEqual([{ names: [...OWN], type: 'A', port: 5000 }]);
    const [{ source, target }] = compose.services.prometheus.secrets;
    expect(scrapes[0].authorization.credentials_file).toBe(target);
    expect(compose.secrets[source].environment).toBe('METRICS_TOKEN');
  });
});

describe('Procfile', () => {
  it('should run the built server without a shell or npm between, with variables that README.md explains', () => {
    const known = [...documentedVariables()];
    const commands = readFromRoot('Procfile').trim().split('\n');
    expect(commands.map((line) => line.split(':')[0])).toEqual(['web', 'worker']);
    for (const line of commands) {
      const [, variables = ''] = /^\w+: (?:env ((?:\w+=\w+ )+))?node --enable-source-maps dist\/main\.js$/.exec(line)!;
      for (const [, variable] of variables.matchAll(/([A-Z_]+)=/g)) expect(known).toContain(variable);
    }
  });
});

describe('deploy/README.md', () => {
  const readme = readFromRoot('deploy/README.md');
  const sources = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('backup') && !path.endsWith('.spec.ts'))
    .map((path) => readFileSync(join(ROOT, 'src', path), 'utf8'))
    .join('\n');

  it('should name collections that are there, as the order of a backup does', () => {
    const table = /## Sharding MongoDB\n([\s\S]*?)\n## /.exec(readme)![1]!;
    const rows = [...table.matchAll(/^\| (`[^|]+)\|/gm)].flatMap(([, cell]) => [...cell!.matchAll(/`(\w+)`/g)]);
    const names = rows.map(([, name]) => name!);
    expect(names.length).toBeGreaterThan(4);
    const inOrder = collectionsToCopy([...COPIED_FIRST]);
    expect(inOrder).toEqual(COPIED_FIRST);
    for (const name of [...names, ...DERIVED_COLLECTIONS, ...COPIED_FIRST])
      expect([name, sources.includes(`'${name}'`)]).toEqual([name, true]);
  });

  it('should explain every file and command that it sends the reader to', () => {
    const paths = [...readme.matchAll(/`((?:deploy|\.\.|prometheus|grafana|kubernetes)\/[\w./-]+)`/g)].map(
      ([, path]) => path!,
    );
    expect(paths.length).toBeGreaterThan(3);
    // `deploy/.env` is made by its reader.
    for (const path of paths.filter((each) => each !== 'deploy/.env'))
      expect([path, [ROOT, join(ROOT, 'deploy')].some((base) => existsSync(join(base, path)))]).toEqual([path, true]);
    const { scripts } = JSON.parse(readFromRoot('package.json')) as { scripts: Record<string, string> };
    for (const [, name] of readme.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([name!]);
    const known = [...documentedVariables(), ...NOT_OF_THE_SERVER];
    for (const [, name] of readme.matchAll(/`([A-Z][A-Z0-9]*_[A-Z0-9_]+)(?:=[^`]*)?`/g))
      if (!OF_OTHERS.has(name!)) expect(known).toContain(name);
  });
});

/** dclint brings the published schema and does not export it. */
function schemaPath(): string {
  const [folder] = createRequire(import.meta.url)
    .resolve('dclint')
    .split('/dist/');
  return join(folder!, 'schemas/compose.schema.json');
}
