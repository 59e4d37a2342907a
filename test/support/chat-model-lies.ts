import {
  completion,
  inEveryField,
  sendError,
  sendJson,
  truth,
  type Behaviour,
  type ModelRequest,
} from './chat-model-double.js';

/** Everything that a person's data could make an obedient model read: titles, names, figures' labels. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(textsOf);
}

const says =
  (prose: string): Behaviour =>
  (request) =>
    inEveryField(request, prose);

const choice =
  (content: string | null, more: object): Behaviour =>
  ({ body }, response) => {
    const answer = completion(body.model, content ?? '', more);
    sendJson(response, 200, answer);
    return undefined;
  };

/** Figures that are not in the data, each in another disguise. */
export const FALSE_FIGURES = [
  'You were active for 12 hours.',
  'You were active for about twelve hours.',
  'A productive day: 97 % of it was work.',
  'You spent half of the day on social sites, twice as much as before.',
  'You worked a dozen hours, roughly.',
  'You were active for ١٢ hours.',
  'You were active for 1\u200b2 hours.',
  'You were active for XII hours.',
  'Du warst zwölf Stunden aktiv.',
  'Your best hour was 3:33 am on 31 December 1999.',
  'You ranked #1 of 999 people.',
];

/** Every way in which a model or its server is known to fail or to lie; none may reach an answer. */
export const LIES: Record<string, Behaviour> = {
  ...Object.fromEntries(FALSE_FIGURES.map((prose, i) => [`a false figure (${i + 1})`, says(prose)])),
  'a link': says('Read more at https://evil.example/steal?x=y.'),
  'a Markdown link': says('[Read more](https://evil.example).'),
  'an image': says('![pixel](https://evil.example/pixel.png)'),
  HTML: says('<script>alert("x")</script><b>Well done</b>'),
  'a bare domain': says('Have a look at evil.example today.'),
  'empty text': says(''),
  'endless text': says('very '.repeat(20_000)),
  'a refusal': choice(null, {
    message: { role: 'assistant', content: null, refusal: 'I cannot help with 12 hours.' },
  }),
  'a truncated answer': choice('{"summary":"You were active for 12', { finish_reason: 'length' }),
  'a truncated answer that is valid': (request, response) => {
    const answer = inEveryField(request, 'You were active.');
    sendJson(response, 200, completion(request.body.model, answer, { finish_reason: 'length' }));
    return undefined;
  },
  'a filtered answer': choice('', { finish_reason: 'content_filter' }),
  'broken JSON': () => '{"summary": "You were active for 12 hours"',
  'prose in place of JSON': () => 'You were active for 12 hours.',
  'JSON of another shape': () => ({ answer: 'You were active for 12 hours.' }),
  'extra fields': (request) => ({ ...(truth(request, undefined as never) as object), active_hours: 12 }),
  'a missing field': () => ({}),
  'a field of another type': (request) =>
    Object.fromEntries(Object.keys(request.fields).map((name) => [name, { text: '12 hours' }])),
  'a list in place of an object': () => [{ summary: '12 hours' }],
  null: () => 'null',
  'no choices': (_request, response) => {
    sendJson(response, 200, { id: 'x', object: 'chat.completion', created: 0, model: 'x', choices: [] });
    return undefined;
  },
  'a choice without a message': (_request, response) => {
    sendJson(response, 200, { id: 'x', object: 'chat.completion', created: 0, model: 'x', choices: [{ index: 0 }] });
    return undefined;
  },
  'an error in a 200': (_request, response) => {
    sendJson(response, 200, { error: { message: 'You were active for 12 hours', code: 400 } });
    return undefined;
  },
  'an array of errors in a 200': (_request, response) => {
    sendJson(response, 200, [{ error: { message: 'You were active for 12 hours', code: 400 } }]);
    return undefined;
  },
  'an array of errors': (_request, response) => {
    sendError(response, 400, 'You were active for 12 hours', true);
    return undefined;
  },
  'a 401': (_request, response) => {
    sendError(response, 401, 'Incorrect API key provided: sk-canary-of-the-provider');
    return undefined;
  },
  'a 404': (_request, response) => {
    sendError(response, 404, 'The model does not exist');
    return undefined;
  },
  'a 200 with HTML': (_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html><body>12 hours</body></html>');
    return undefined;
  },
  'HTML that says it is JSON': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end('<html><body>12 hours</body></html>');
    return undefined;
  },
  'an empty body': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end();
    return undefined;
  },
};

/** Failures that are tried again, so that a test of them takes its time. */
export const OUTAGES: Record<string, Behaviour> = {
  'a 500': (_request, response) => {
    sendError(response, 500, 'You were active for 12 hours');
    return undefined;
  },
  'a 503': (_request, response) => {
    sendError(response, 503, 'overloaded', true);
    return undefined;
  },
  'a 429': (_request, response) => {
    sendError(response, 429, 'slow down', false, { 'retry-after': '0' });
    return undefined;
  },
  'a reset connection': (_request, response) => {
    response.destroy();
    return undefined;
  },
  'a redirect': (_request, response) => {
    response.writeHead(307, { location: 'http://127.0.0.1:9/elsewhere' }).end();
    return undefined;
  },
  'a body that breaks off': (_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
    response.write('{"choices":[{"message":{"content":"12 hours');
    setTimeout(() => response.destroy(), 20).unref();
    return undefined;
  },
};

/** Never answers. */
export const hang: Behaviour = () => undefined;

/** Answers a byte now and then, for ever. */
export const slowDrip: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const timer = setInterval(() => response.write(' '), 20).unref();
  response.on('close', () => clearInterval(timer));
  return undefined;
};

/** Answers megabytes until the other side has had enough. */
export const endlessBody: Behaviour = (_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const chunk = Buffer.alloc(256 * 1024, ' ');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  more();
  return undefined;
};

/** Does what a title says: writes what `obey` makes of the texts it was given. */
export function obeying(obey: (texts: string[], request: ModelRequest) => string | null): Behaviour {
  return (request, response) => {
    const prose = obey(textsOf(request.data), request);
    return prose === null ? truth(request, response) : inEveryField(request, prose);
  };
}
