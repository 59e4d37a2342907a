import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readYaml } from '../support/manifests.js';
import { promtool } from '../support/promtool.js';

const FOLDER = new URL('../../deploy/prometheus/', import.meta.url).pathname;
const SOURCES = new URL('../../src/', import.meta.url).pathname;
const [{ groups }] = readYaml(join(FOLDER, 'almanac.rules.yml'));
const rules: { alert: string; expr: string; labels: { severity: string } }[] = groups.flatMap(
  ({ rules: some }: { rules: object[] }) => some,
);
const files = readdirSync(join(FOLDER, 'tests')).map((name) => join(FOLDER, 'tests', name));

describe('the alerts for Prometheus', () => {
  it('should each have a case in which they fire, and one in which they do not', () => {
    const tested = files.map((file) => {
      const [{ tests }] = readYaml(file);
      const cases = tests.flatMap(({ alert_rule_test: some }: any) => some);
      const names = new Set<string>(cases.map(({ alertname }: { alertname: string }) => alertname));
      expect([file, names.size]).toEqual([file, 1]);
      const firing = cases.map(({ exp_alerts: alerts }: { exp_alerts: unknown[] }) => alerts.length > 0);
      expect([file, firing]).toEqual([file, [true, false]]);
      return [...names][0]!;
    });
    expect(tested.sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it('O4 should fire and stay quiet as their cases say', () => {
    const result = promtool(['test', 'rules', ...files]);
    if (result === null) return;
    expect(result.output).not.toContain('FAILED');
    expect(result.status).toBe(0);
    expect(result.output.match(/SUCCESS/g)).toHaveLength(files.length);
  }, 60_000);

  it('should each be told in the guide, with where to look first', () => {
    const guide = readFileSync(join(FOLDER, '../README.md'), 'utf8');
    const rows = guide.split('\n').filter((line) => line.startsWith('| Almanac'));
    const named = rows.flatMap((row) => row.split('|')[1]!.trim().split(', '));
    expect(named.sort()).toEqual(rules.map(({ alert }) => alert).sort());
  });

  it('should say how urgent they are', () => {
    for (const { alert, labels } of rules)
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(critical|warning|info)$/)]);
  });

  it('should select by values of labels that the code gives', () => {
    const code = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
      .map((path) => readFileSync(join(SOURCES, path), 'utf8'))
      .join('\n');
    const selected = rules.flatMap(({ expr }) =>
      [...expr.matchAll(/(outcome|result|reason|kind)\s*!?=~?"([^"]+)"/g)].flatMap(([, , values]) =>
        values!.split('|'),
      ),
    );
    expect(selected.length).toBeGreaterThan(10);
    for (const value of selected) expect([value, code.includes(`'${value}'`)]).toEqual([value, true]);
  });
});
