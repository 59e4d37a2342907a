import { ApiClient } from './api-client.js';

export type HttpMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What the tests read of a schema; OpenAPI 3.0. */
export interface Schema {
  $ref?: string;
  type?: string;
  nullable?: boolean;
  enum?: unknown[];
  example?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean | Schema;
  oneOf?: Schema[];
  anyOf?: Schema[];
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required?: boolean;
  /** `deepObject`: the members of an object, each as `name[member]=value`. */
  style?: string;
  schema?: Schema;
  example?: unknown;
}

interface Media {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, { value?: unknown }>;
}

export interface Operation {
  /** `GET /v1/projects`. */
  id: string;
  method: HttpMethod;
  /** Template, with `{name}` for parameters. */
  path: string;
  isPublic: boolean;
  /** Scope that an API key needs. */
  scope: string;
  parameters: Parameter[];
  /** Schema of the JSON body, references resolved at the top; undefined without a body. */
  body?: Schema;
  bodyExample?: unknown;
  /** Of a body that is plain text instead. */
  textExample?: string;
  responses: Record<string, { content?: Record<string, Media>; headers?: Record<string, unknown> }>;
}

const METHODS: HttpMethod[] = ['get', 'post', 'put', 'patch', 'delete'];

/** The server's own description of itself, in the form the tests need. */
export class OpenApiDocument {
  readonly operations: Operation[] = [];

  private constructor(readonly json: any) {
    for (const [path, item] of Object.entries<any>(json.paths)) {
      for (const method of METHODS)
        if (item[method] !== undefined) this.operations.push(this.read(path, method, item[method]));
    }
  }

  static async load(baseUrl: string): Promise<OpenApiDocument> {
    const { status, body } = await new ApiClient(baseUrl).get('/apispec.json');
    if (status !== 200) throw new Error(`/apispec.json answered ${status}`);
    return new OpenApiDocument(body);
  }

  get(id: string): Operation {
    const operation = this.operations.find((candidate) => candidate.id === id);
    if (operation === undefined) throw new Error(`The document has no ${id}`);
    return operation;
  }

  /** The schema itself when it is a reference, with `allOf` merged. */
  resolve(schema: Schema | undefined): Schema {
    if (schema === undefined) return {};
    if (schema.$ref !== undefined)
      return this.resolve(this.json.components.schemas[schema.$ref.split('/').at(-1) ?? '']);
    if (schema.allOf === undefined) return schema;
    const { allOf, ...rest } = schema;
    return allOf.reduce<Schema>((merged, part) => ({ ...this.resolve(part), ...merged }), rest);
  }

  /** A value as the document shows it: the example, else one built from the parts. */
  example(schema: Schema | undefined): unknown {
    const resolved = this.resolve(schema);
    if (resolved.example !== undefined) return resolved.example;
    if (resolved.enum !== undefined) return resolved.enum[0];
    if (resolved.default !== undefined) return resolved.default;
    const variant = resolved.oneOf?.[0] ?? resolved.anyOf?.[0];
    if (variant !== undefined) return this.example(variant);
    if (resolved.type === 'array') return [this.example(resolved.items)];
    if (resolved.properties !== undefined) {
      return Object.fromEntries(
        Object.entries(resolved.properties).map(([name, property]) => [name, this.example(property)]),
      );
    }
    return resolved.type === 'string'
      ? 'text'
      : resolved.type === 'boolean'
        ? true
        : resolved.type === 'object'
          ? {}
          : 1;
  }

  private read(path: string, method: HttpMethod, raw: any): Operation {
    const media: Media | undefined = raw.requestBody?.content?.['application/json'];
    const text: Media | undefined = raw.requestBody?.content?.['text/plain'];
    const firstExample = Object.values(media?.examples ?? {})[0]?.value;
    return {
      id: `${method.toUpperCase()} ${path}`,
      method,
      path,
      // An empty alternative: credentials are welcome, but not needed.
      isPublic: raw.security.length === 0 || raw.security.some((one: object) => Object.keys(one).length === 0),
      scope: raw['x-required-scope'] ?? 'admin',
      parameters: raw.parameters ?? [],
      body: media === undefined ? undefined : this.resolve(media.schema),
      bodyExample: media === undefined ? undefined : (media.example ?? firstExample ?? this.example(media.schema)),
      textExample: text === undefined ? undefined : String(text.example ?? this.example(text.schema)),
      responses: raw.responses ?? {},
    };
  }
}

/** The path with its parameters filled in and the query added. */
export function fillPath(
  operation: Operation,
  params: Record<string, string>,
  query: Record<string, string> = {},
): string {
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? 'unknown'));
  const search = new URLSearchParams(query).toString();
  return search === '' ? path : `${path}?${search}`;
}

/** Names of the parameters in the path. */
export function pathParameters(operation: Operation): string[] {
  return [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? '');
}

/** A value of a parameter as the document shows it, else a word. */
export function parameterExample({ schema, example = schema?.example }: Parameter): string {
  return typeof example === 'string' ? example : 'app_open';
}
