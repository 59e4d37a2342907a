/**
 * Where git finds the repositories of an API: `https://api.github.com` → `https://github.com`, and a GitHub of one's own,
 * `https://git.example.com/api/v3` → `https://git.example.com`.
 */
export function webOrigin(apiUrl: string): string {
  const { protocol, host } = new URL(apiUrl);
  return `${protocol}//${host.replace(/^api\./, '')}`;
}
