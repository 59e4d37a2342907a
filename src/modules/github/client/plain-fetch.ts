import { Headers, request, type Dispatcher } from 'undici';

interface PlainInit {
  method: Dispatcher.HttpMethod;
  body?: string;
  headers: Record<string, string>;
  signal?: AbortSignal;
}

/**
 * As much of `fetch` as octokit uses, on undici's `request`: `fetch` registers each answer for finalization, which keeps it
 * until a collection of the old generation, and thousands of pages became hundreds of megabytes. Redirects are not followed:
 * the token is for the address that was configured.
 */
export function plainFetch(dispatcher: Dispatcher) {
  return async (url: string, { method, body, headers, signal }: PlainInit) => {
    const answer = await request(url, { method, body, headers, signal, dispatcher });
    const text = await answer.body.text();
    const known = Object.entries(answer.headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as [string, string]],
    );
    return { url, status: answer.statusCode, headers: new Headers(known), text: async () => text };
  };
}
