/**
 * Reads typed values out of environment variables and collects every problem, so that a start with
 * five mistakes names all five at once. An empty variable counts as absent.
 */
export class EnvReader {
  readonly problems: string[] = [];

  constructor(private readonly env: NodeJS.ProcessEnv) {}

  text(name: string): string | undefined {
    const value = this.env[name]?.trim();
    return value === undefined || value === '' ? undefined : value;
  }

  /** The value that several names share; two different values are a problem, since one would be ignored. */
  oneOfNames(...names: string[]): string | undefined {
    const given = names.map((name) => [name, this.text(name)] as const).filter(([, value]) => value !== undefined);
    const [first, ...others] = given;
    for (const [name, value] of others) {
      if (value !== first?.[1]) this.problems.push(`${first?.[0]} and ${name} have different values; set only one`);
    }
    return first?.[1];
  }

  /** The first of the names that is set: later ones are only fallbacks. */
  firstOfNames(...names: string[]): string | undefined {
    for (const name of names) {
      const value = this.text(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  integer(names: string | string[], fallback: number, min: number, max: number): number {
    const list = Array.isArray(names) ? names : [names];
    const raw = this.firstOfNames(...list);
    if (raw === undefined) return fallback;
    const value = Number(raw);
    if (!/^\d+$/.test(raw) || value < min || value > max) {
      this.problems.push(`${list[0]} must be a whole number from ${min} to ${max}`);
      return fallback;
    }
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const raw = this.text(name)?.toLowerCase();
    if (raw === undefined) return fallback;
    if (['true', '1', 'yes', 'on'].includes(raw)) return true;
    if (['false', '0', 'no', 'off'].includes(raw)) return false;
    this.problems.push(`${name} must be true or false`);
    return fallback;
  }

  choice<T extends string>(names: string | string[], allowed: readonly T[], fallback: T): T {
    const list = Array.isArray(names) ? names : [names];
    const raw = this.oneOfNames(...list)?.toLowerCase();
    if (raw === undefined) return fallback;
    const match = allowed.find((value) => value === raw);
    if (match === undefined) this.problems.push(`${list[0]} must be one of ${allowed.join(', ')}`);
    return match ?? fallback;
  }

  list(name: string, fallback: string[]): string[] {
    const raw = this.text(name);
    if (raw === undefined) return fallback;
    return raw
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
  }
}
