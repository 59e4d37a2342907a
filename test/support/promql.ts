import { parser } from '@prometheus-io/lezer-promql';

/** A metric that an expression asks for, with the names of the labels by which it selects. */
export interface Selector {
  metric: string;
  labels: string[];
}

/** What Grafana puts in the place of its variables. */
const VARIABLES: Record<string, string> = { __rate_interval: '5m', __interval: '1m', __range: '6h', instance: '.*' };

/**
 * The selectors of an expression, by the grammar of Prometheus.
 * @throws Error where the expression is not PromQL, or names a variable that is not known
 */
export function selectorsOf(expression: string): Selector[] {
  const text = expression.replace(/\$(?:\{(\w+)\}|(\w+))/g, (variable, braced: string, plain: string) => {
    const value = VARIABLES[braced ?? plain];
    if (value === undefined) throw new Error(`Unknown variable ${variable} in ${expression}`);
    return value;
  });
  const selectors: Selector[] = [];
  parser.parse(text).iterate({
    enter(node) {
      if (node.type.isError) throw new Error(`Not PromQL at ${node.from}: ${text}`);
      if (node.name === 'VectorSelector') selectors.push({ metric: '', labels: [] });
      const selector = selectors.at(-1);
      const word = text.slice(node.from, node.to);
      if (node.name === 'Identifier' && node.node.parent?.name === 'VectorSelector') selector!.metric = word;
      if (node.name === 'LabelName' && node.node.parent?.name.endsWith('LabelMatcher')) selector!.labels.push(word);
    },
  });
  return selectors;
}
