/** The fields of /etc/os-release that choose where a newer C library comes from. */
export interface OsRelease {
  /** Lower case, such as `debian`. */
  id: string;
  /** The distributions this one is made from, nearest first. */
  idLike: string[];
  /** For messages: `Debian GNU/Linux 12 (bookworm)`. */
  prettyName: string;
  codename?: string;
  /** Ubuntu's own code name on a distribution made from it. */
  ubuntuCodename?: string;
  /** Debian's own code name on a distribution made from it. */
  debianCodename?: string;
}

/** Reads the text of /etc/os-release (os-release(5): shell-like assignments, quotes optional). */
export function parseOsRelease(text: string): OsRelease {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line.trim());
    if (match) fields.set(match[1]!, unquote(match[2]!));
  }
  const id = (fields.get('ID') ?? 'linux').toLowerCase();
  return {
    id,
    idLike: (fields.get('ID_LIKE') ?? '').toLowerCase().split(/\s+/).filter(Boolean),
    prettyName: fields.get('PRETTY_NAME') || fields.get('NAME') || id,
    codename: fields.get('VERSION_CODENAME') || undefined,
    ubuntuCodename: fields.get('UBUNTU_CODENAME') || undefined,
    debianCodename: fields.get('DEBIAN_CODENAME') || undefined,
  };
}

function unquote(value: string): string {
  const quote = value[0];
  if ((quote !== '"' && quote !== "'") || value.length < 2 || !value.endsWith(quote)) return value;
  const inner = value.slice(1, -1);
  return quote === '"' ? inner.replace(/\\(["$`\\])/g, '$1') : inner;
}
