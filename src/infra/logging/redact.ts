// Each begins at something rare or, by a lookbehind, only at the start of a word: log lines hold text of clients,
// and a rule that may begin anywhere takes quadratic time on a long one.
const RULES: [RegExp, string][] = [
  // Connection strings: keep scheme and host, drop the credentials.
  [/:\/\/[^\s/@]+@/g, '://***@'],
  [/\b(bearer|token|basic)\s+[\w.~+/=-]{8,}/gi, '$1 ***'],
  // JSON Web Tokens, Almanac's keys and refresh tokens, webhook secrets, vendor keys.
  [/(?<![\w-])eyJ[\w-]{5,}\.[\w-]{5,}\.[\w-]*/g, '***'],
  [/\b(alm_|alr_|whsec_|sk-|ghp_|github_pat_)[\w-]{4,}/g, '$1***'],
  [/\$argon2id?\$[^\s"']+/g, '***'],
  [/\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}/g, '***'],
  [
    /\b(password|passwd|secret|api[_-]?key|access_token|refresh_token|code)(["']?\s*[=:]\s*["']?)[^\s"'&,}]{3,}/gi,
    '$1$2***',
  ],
  // E-mail addresses.
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '***@***'],
];

/** Cuts secrets and e-mail addresses out of a log line. The one place that does so. */
export function redactText(text: string): string {
  let result = text;
  for (const [pattern, replacement] of RULES) result = result.replace(pattern, replacement);
  return result;
}
