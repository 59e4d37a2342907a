import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

/** An object of Kubernetes' API as it stands in a file. */
export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string; labels?: Record<string, string> };
  [key: string]: any;
}

interface Model {
  prototype: { validate(): void };
}

/** All documents of a YAML file, with anchors and merge keys resolved. */
export function readYaml(path: string): any[] {
  return parseAllDocuments(readFileSync(path, 'utf8'), { merge: true, strict: true }).map((document) => {
    if (document.errors.length > 0) throw document.errors[0]!;
    return document.toJS({ maxAliasCount: 1000 });
  });
}

/**
 * What is wrong with the object by the schemas that Kubernetes publishes: the first violation, and every field that the
 * schemas do not know. They let unknown fields pass, as the API does, while kubectl warns: a misspelt probe is no probe.
 */
export async function problemsOf(manifest: Manifest): Promise<string[]> {
  const module = (await import(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}`)) as Record<string, Model>;
  const { prototype } = module[manifest.kind]!;
  const read: Visited[] = [];
  const problems: string[] = [];
  try {
    (recordReads(manifest, '', read, prototype) as { validate(): void }).validate();
  } catch (error) {
    problems.push((error as Error).message);
  }
  for (const { path, value, used } of read) {
    for (const key of Object.keys(value)) if (!used.has(key)) problems.push(`unknown field ${path}/${key}`);
  }
  return problems;
}

interface Visited {
  path: string;
  value: object;
  used: Set<string | symbol>;
}

/** A copy that remembers which of its fields the compiled schemas look at: they look at those that they know. */
function recordReads(value: unknown, path: string, read: Visited[], prototype: object | null = null): unknown {
  if (value === null || typeof value !== 'object') return value;
  const used = new Set<string | symbol>();
  read.push({ path, value, used });
  const copyOf = (child: unknown, key: string | number) => recordReads(child, `${path}/${key}`, read);
  const copy: object = Array.isArray(value)
    ? value.map(copyOf)
    : Object.fromEntries(Object.entries(value).map(([key, child]) => [key, copyOf(child, key)]));
  if (prototype !== null) Object.setPrototypeOf(copy, prototype);
  return new Proxy(copy, {
    get(target, key, receiver): unknown {
      used.add(key);
      return Reflect.get(target, key, receiver);
    },
  });
}
