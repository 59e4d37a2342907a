import { readFileSync } from 'node:fs';
import { promtool } from '../support/promtool.js';
import { selectorsOf } from '../support/promql.js';

const read = (path: string) => readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8');

interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  datasource?: { uid: string };
  targets?: { refId: string; expr: string; datasource: { uid: string } }[];
}

describe('the Grafana dashboard', () => {
  const dashboard = JSON.parse(read('grafana/dashboards/almanac.json'));
  const panels: Panel[] = dashboard.panels;

  it('should be importable: a schema, an identity, and a data source that the reader chooses', () => {
    expect(dashboard).toMatchObject({ uid: 'almanac', title: 'Almanac', schemaVersion: 39 });
    // The id is of one Grafana's database; an import with it may overwrite another dashboard.
    expect(dashboard.id).toBeUndefined();
    const variables = dashboard.templating.list.map(({ name, type }: { name: string; type: string }) => [name, type]);
    expect(variables).toEqual([
      ['datasource', 'datasource'],
      ['instance', 'query'],
    ]);
    for (const { type, datasource, targets } of panels) {
      if (type === 'row') continue;
      expect(datasource?.uid).toBe('${datasource}');
      expect(targets!.length).toBeGreaterThan(0);
      for (const target of targets!) expect(target.datasource.uid).toBe('${datasource}');
      expect(new Set(targets!.map(({ refId }) => refId)).size).toBe(targets!.length);
    }
  });

  it('should give each panel an id and a place of its own', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
      expect(x + w).toBeLessThanOrEqual(24);
      return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`);
    });
    expect(new Set(cells).size).toBe(cells.length);
  });

  it('should ask of its instances only, in PromQL', () => {
    const expressions = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(expressions.length).toBeGreaterThan(40);
    for (const expression of expressions) {
      const selectors = selectorsOf(expression);
      expect(selectors.length).toBeGreaterThan(0);
      for (const { labels } of selectors) expect(labels).toContain('instance');
    }
  });
});

describe('the files for Prometheus', () => {
  it("should pass Debian's promtool", () => {
    const folder = new URL('../../deploy/prometheus/', import.meta.url).pathname;
    const rules = promtool(['check', 'rules', `${folder}almanac.rules.yml`]);
    if (rules !== null) expect(rules).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') });
    const config = promtool(['check', 'config', '--syntax-only', `${folder}prometheus.yml`]);
    if (config !== null) expect(config).toMatchObject({ status: 0, output: expect.stringContaining('SUCCESS') });
  });
});

describe('the reader of PromQL', () => {
  it('should find metrics and labels, and nothing else', () => {
    const text = 'sum by (le) (rate(a_b{x="1",y=~"$instance"}[$__rate_interval])) / on (z) group_left max(c) - time()';
    expect(selectorsOf(text)).toEqual([
      { metric: 'a_b', labels: ['x', 'y'] },
      { metric: 'c', labels: [] },
    ]);
  });

  it.each(['sum(rate(a[5m])', 'a{x=1}', 'a[$unknown]', 'rate(a[5 m])'])('should refuse %s', (text) => {
    expect(() => selectorsOf(text)).toThrow();
  });
});
