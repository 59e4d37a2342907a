/** One place packages come from: a line of a `.list` file, or one URI and suite of a `.sources` stanza. */
export interface AptSource {
  uri: string;
  suite: string;
  components: string[];
  /** Path of the keyring that signs it, when the source names one. */
  signedBy?: string;
}

/** Reads a one-line-style file (sources.list(5)): `deb [options] uri suite component…`. */
export function parseSourcesList(text: string): AptSource[] {
  const sources: AptSource[] = [];
  for (const raw of text.split('\n')) {
    const line = raw.split('#', 1)[0]!.trim();
    const options = /^deb\s+\[([^\]]*)\]/.exec(line);
    const [type, uri, suite, ...components] = words(options ? `deb ${line.slice(options[0].length)}` : line);
    if (type !== 'deb' || uri === undefined || suite === undefined) continue;
    const signedBy = /(?:^|\s)signed-by=(\S+)/i.exec(options?.[1] ?? '')?.[1];
    sources.push({ uri, suite, components, signedBy: keyringPath(signedBy) });
  }
  return sources;
}

/** Reads a deb822-style file (sources.list(5)): stanzas of `Field: value`, continuation lines indented. */
export function parseDeb822Sources(text: string): AptSource[] {
  const sources: AptSource[] = [];
  const uncommented = text.split('\n').filter((line) => !line.startsWith('#'));
  for (const stanza of uncommented.join('\n').split(/\n\s*\n/)) {
    const fields = stanzaFields(stanza);
    if (!words(fields.get('types')).includes('deb')) continue;
    if (/^(no|false|without|off|disable|0)$/i.test(fields.get('enabled') ?? '')) continue;
    const components = words(fields.get('components'));
    const signedBy = keyringPath(fields.get('signed-by'));
    for (const uri of words(fields.get('uris'))) {
      for (const suite of words(fields.get('suites'))) sources.push({ uri, suite, components, signedBy });
    }
  }
  return sources;
}

/**
 * The machine's own source of the distribution's main archive: the one that carries its code name (or an alias of it)
 * with the component `main`. Additions such as `bookworm-security` or a vendor's repository are not it.
 */
export function findMainSource(sources: AptSource[], codename: string | undefined): AptSource | null {
  const main = sources.filter((source) => source.components.includes('main') && !source.uri.startsWith('cdrom:'));
  return (
    main.find((source) => source.suite === codename) ??
    main.find((source) => ['stable', 'oldstable', 'oldoldstable'].includes(source.suite)) ??
    null
  );
}

function stanzaFields(stanza: string): Map<string, string> {
  const fields = new Map<string, string>();
  let name: string | undefined;
  for (const line of stanza.split('\n')) {
    const match = /^([A-Za-z][A-Za-z0-9-]*):(.*)$/.exec(line);
    if (match) {
      name = match[1]!.toLowerCase();
      fields.set(name, match[2]!.trim());
    } else if (name !== undefined && /^\s+\S/.test(line)) {
      fields.set(name, `${fields.get(name)!}\n${line.trim()}`.trim());
    }
  }
  return fields;
}

// `Signed-By` may also hold fingerprints or a whole armored key; only a file can be handed on.
function keyringPath(value: string | undefined): string | undefined {
  return value !== undefined && /^\/\S+$/.test(value) ? value : undefined;
}

function words(text: string | undefined): string[] {
  return (text ?? '').split(/\s+/).filter(Boolean);
}
