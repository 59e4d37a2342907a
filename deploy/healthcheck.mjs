// For HEALTHCHECK: exit code 0 when the server of this container takes requests. The image has neither curl nor a shell's
// worth of tools to rely on.
const port = process.env.PORT ?? process.env.SERVER_PORT ?? '5000';
const LIMIT_MS = 4000;

const answers = await fetch(`http://127.0.0.1:${port}/health/ready`, { signal: AbortSignal.timeout(LIMIT_MS) }).then(
  ({ ok }) => ok,
  () => false,
);
process.exitCode = answers ? 0 : 1;
