import { DocumentBuilder, SwaggerModule, getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { errorExample } from '../errors/error-examples.js';
import { ErrorDetailDto, ErrorResponseDto } from '../errors/error-response.dto.js';
import { PUBLIC_EXTENSION } from '../auth/auth.decorators.js';

const ERROR_SCHEMA = getSchemaPath(ErrorResponseDto);
/** Statuses that always come with `Retry-After`. */
const RETRIED = ['429', '503'];
const RETRY_AFTER = {
  description: 'Seconds after which to try again.',
  schema: { type: 'integer' as const, minimum: 0, example: 2 },
};
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const CREDENTIALS: Record<string, string[]>[] = [{ accessToken: [] }, { apiKey: [] }];
/** Basic credentials of the Segment routes; what other routes of the ingest take is a field of their bodies. */
const PROJECT_KEY = 'projectKey';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

/** Errors that every route may answer; the rest is declared where it belongs. */
const COMMON_ERRORS: [string, string][] = [
  ['400', 'The request is not valid; `details` names the fields.'],
  ['429', 'Too many requests; wait for `Retry-After` seconds.'],
  ['503', 'A store is down, or the server is starting or overloaded; wait for `Retry-After` seconds.'],
];

export function createOpenApiDocument(app: NestFastifyApplication, version: string): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('Almanac')
    .setDescription(
      'Product analytics, browser telemetry, productivity reports, GitHub and WHOOP dashboards, and usage analytics on one port. ' +
        'Sign in with `POST /api/auth/login`, press **Authorize** and paste the `access_token`, or an API key.',
    )
    .setVersion(version)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addBearerAuth(
      { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The `access_token` of login or register.' },
      'accessToken',
    )
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'A key of `POST /api/auth/api-keys`.' },
      'apiKey',
    )
    .addBasicAuth(
      {
        type: 'http',
        scheme: 'basic',
        description: 'A project key as user name, no password: for the ingest of events.',
      },
      PROJECT_KEY,
    )
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    extraModels: [ErrorResponseDto, ErrorDetailDto],
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  for (const [template, path] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation === undefined) continue;
      completeOperation(operation, method !== 'get');
      completeErrors(operation, projectStatus(operation, template, document));
    }
  }
  return document;
}

function completeOperation(operation: Operation & { [PUBLIC_EXTENSION]?: boolean }, mayHaveBody: boolean): void {
  const isPublic = operation[PUBLIC_EXTENSION] === true;
  delete operation[PUBLIC_EXTENSION];
  // A public route may still serve signed-in callers in another way; Swagger UI sends credentials only where they are named.
  const welcome = operation.security?.some((credential) => PROJECT_KEY in credential)
    ? [{ [PROJECT_KEY]: [] }]
    : CREDENTIALS;
  const anonymous = operation.security === undefined ? [] : [{}, ...welcome];
  operation.security = isPublic ? anonymous : CREDENTIALS;
  for (const [status, description] of COMMON_ERRORS) addError(operation, status, description);
  if (!isPublic) {
    addError(operation, '401', 'No, expired or wrong credentials.');
    addError(operation, '403', 'The caller may not do this: an API key without the scope, or a user without the role.');
  }
  if (mayHaveBody) {
    addError(operation, '413', 'The body is too large.');
    addError(operation, '415', 'The content type or encoding is not supported.');
  }
}

function addError(operation: Operation, status: string, description: string): void {
  operation.responses[status] ??= {
    description,
    content: { 'application/json': { schema: { $ref: ERROR_SCHEMA } } },
  };
}

/** Gives every error answer that has none the example of its own status, and the header that goes with it. */
function completeErrors(operation: Operation, projectStatus: string | undefined): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response === undefined || '$ref' in response) continue;
    const media = Object.values(response.content ?? {}).find(
      ({ schema }) => schema !== undefined && '$ref' in schema && schema.$ref === ERROR_SCHEMA,
    );
    if (media === undefined) continue;
    // JSON also where a success is not.
    const example: unknown = media.example ?? errorExample(status, status === projectStatus);
    response.content = { 'application/json': { ...media, example } };
    if (RETRIED.includes(status)) response.headers = { ...response.headers, 'Retry-After': RETRY_AFTER };
  }
}

/** What an unknown project is answered with: 404 where its key is in the path, 403 where it is a parameter or a field. */
function projectStatus(operation: Operation, template: string, document: OpenAPIObject): string | undefined {
  if (template.includes('{projectKey}')) return '404';
  const isParameter = operation.parameters?.some((one) => 'name' in one && one.name === 'projectKey');
  const body = operation.requestBody !== undefined && 'content' in operation.requestBody ? operation.requestBody : null;
  const schema = body?.content['application/json']?.schema;
  const name = schema !== undefined && '$ref' in schema ? schema.$ref.split('/').at(-1) : undefined;
  const fields = name === undefined ? undefined : document.components?.schemas?.[name];
  const isField = fields !== undefined && 'properties' in fields && 'projectKey' in (fields.properties ?? {});
  return isParameter === true || isField ? '403' : undefined;
}

export function serveSwagger(app: NestFastifyApplication, document: () => OpenAPIObject): void {
  // Swagger's own route makes the text anew for every request, a millisecond of work that anyone may ask for.
  let text: Buffer | undefined;
  const fastify = app.getHttpAdapter().getInstance();
  fastify.get('/apispec.json', (_request, reply) =>
    reply.type('application/json; charset=utf-8').send((text ??= Buffer.from(JSON.stringify(document())))),
  );
  SwaggerModule.setup('swagger', app, document, {
    raw: false,
    customSiteTitle: 'Almanac API',
    swaggerOptions: { persistAuthorization: true, displayRequestDuration: true, tagsSorter: 'alpha' },
  });
}
