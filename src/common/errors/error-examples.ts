import type { ErrorBody } from './error.filter.js';

type Example = Pick<ErrorBody, 'error' | 'code' | 'details'>;

const PROJECT_NOT_FOUND: Example = {
  error: "Project with key 'a1b2c3d4e5f6' not found",
  code: 'PROJECT_NOT_FOUND',
};

const EXAMPLES: Record<string, Example> = {
  400: {
    error: 'tz must be an IANA time zone',
    code: 'VALIDATION_FAILED',
    details: [{ path: 'tz', message: 'tz must be an IANA time zone' }],
  },
  401: { error: 'Authentication required', code: 'UNAUTHENTICATED' },
  403: { error: 'You may not do this', code: 'FORBIDDEN' },
  404: { error: 'Not found', code: 'NOT_FOUND' },
  409: { error: 'The request conflicts with the present state', code: 'CONFLICT' },
  413: { error: 'The body is too large', code: 'PAYLOAD_TOO_LARGE' },
  415: { error: 'Send the body as application/json', code: 'UNSUPPORTED_MEDIA_TYPE' },
  422: { error: 'The request cannot be carried out', code: 'UNPROCESSABLE' },
  429: { error: 'Too many requests; try again later', code: 'RATE_LIMITED' },
  500: { error: 'Something went wrong on our side', code: 'INTERNAL' },
  503: { error: 'The service is not available right now; try again shortly', code: 'UNAVAILABLE' },
};

/**
 * What an error of this status looks like, for the documentation. `isAboutProject`: the status is what an unknown project
 * is answered with.
 */
export function errorExample(status: string, isAboutProject = false): ErrorBody {
  const example = (isAboutProject ? PROJECT_NOT_FOUND : EXAMPLES[status]) ?? EXAMPLES[500]!;
  const { error, code, details } = example;
  return { error, code, statusCode: Number(status), ...(details && { details }), requestId: '4f0c2a9e8b7d4c1f' };
}
