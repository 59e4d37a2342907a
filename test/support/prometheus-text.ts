/** One line of the text format: a name, its labels, and a value. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

export interface MetricFamily {
  name: string;
  type: string;
  help: string;
  samples: Sample[];
}

const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$/;
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)",?/y;
/** What a histogram or summary appends to its name. */
const SUFFIX = /_(?:bucket|sum|count)$/;

/** The families of a scrape by name. @throws Error on a line that is not of the format */
export function parseMetrics(text: string): Map<string, MetricFamily> {
  const families = new Map<string, MetricFamily>();
  const familyOf = (name: string): MetricFamily => {
    let family = families.get(name);
    if (family === undefined) families.set(name, (family = { name, type: '', help: '', samples: [] }));
    return family;
  };
  for (const line of text.split('\n')) {
    const comment = /^# (HELP|TYPE) (\S+) (.*)$/.exec(line);
    if (comment !== null) familyOf(comment[2]!)[comment[1] === 'HELP' ? 'help' : 'type'] = comment[3]!;
    else if (line !== '' && !line.startsWith('#')) {
      const sample = parseSample(line);
      const base = sample.name.replace(SUFFIX, '');
      familyOf(families.get(base)?.type === 'histogram' ? base : sample.name).samples.push(sample);
    }
  }
  return families;
}

/** Every name that a query may ask for: of counters and gauges their own, of histograms those of their parts. */
export function queryableNames(families: Map<string, MetricFamily>): Set<string> {
  const names = [...families.values()].flatMap(({ name, type }) =>
    type === 'histogram' ? ['_bucket', '_sum', '_count'].map((suffix) => name + suffix) : [name],
  );
  return new Set(names);
}

function parseSample(line: string): Sample {
  const match = SAMPLE.exec(line);
  if (match === null) throw new Error(`Not a sample: ${line}`);
  const [, name, labelText = '', value] = match;
  const labels: Record<string, string> = {};
  LABEL.lastIndex = 0;
  while (LABEL.lastIndex < labelText.length) {
    const label = LABEL.exec(labelText);
    if (label === null) throw new Error(`Not labels: ${line}`);
    labels[label[1]!] = label[2]!;
  }
  return { name: name!, labels, value: Number(value) };
}
