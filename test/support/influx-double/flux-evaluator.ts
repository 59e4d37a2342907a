import {
  drop,
  FluxRuntimeError,
  FluxTime,
  FluxUint,
  grouped,
  pivot,
  shown,
  rename,
  sum,
  type FluxValue,
  type Row,
  type Table,
} from './flux-tables.js';
import type { StoredPoint } from './point-store.js';

// Runs a Flux script over points, from the syntax tree that the published parser makes of its text. It knows what our
// questions use and refuses everything else, so that a value which became code would be found out.

type Node = any;
type Scope = Map<string, unknown>;

export interface FluxResult {
  name: string;
  tables: Table[];
}

export class FluxCompileError extends Error {}

const PACKAGES = ['strings', 'types'];

interface Stream {
  tables: Table[];
  isRanged: boolean;
}

export class FluxEvaluator {
  private readonly results: FluxResult[] = [];

  constructor(
    private readonly points: readonly StoredPoint[],
    private readonly bucket: string,
  ) {}

  run(file: Node): FluxResult[] {
    for (const { path } of file.imports ?? []) {
      if (!PACKAGES.includes(path.value)) throw new FluxCompileError(`package ${path.value} is not known`);
    }
    const scope: Scope = new Map();
    for (const statement of file.body) {
      if (statement.type === 'VariableAssignment') scope.set(statement.id.name, this.evaluate(statement.init, scope));
      else if (statement.type === 'ExpressionStatement') this.finish(this.evaluate(statement.expression, scope));
      else throw new FluxCompileError(`unexpected ${statement.type}`);
    }
    return this.results;
  }

  private finish(value: unknown): void {
    if (value !== undefined) this.results.push({ name: '_result', tables: asStream(value).tables });
  }

  private evaluate(node: Node, scope: Scope): unknown {
    switch (node.type) {
      case 'PipeExpression':
        return this.call(node.call, scope, this.evaluate(node.argument, scope));
      case 'CallExpression':
        return this.call(node, scope);
      case 'Identifier':
        if (!scope.has(node.name)) throw new FluxCompileError(`undefined identifier ${node.name}`);
        return scope.get(node.name);
      case 'ParenExpression':
        return this.evaluate(node.expression, scope);
      case 'StringLiteral':
      case 'BooleanLiteral':
        return node.value;
      case 'IntegerLiteral':
        return BigInt(node.value);
      case 'FloatLiteral':
        return Number(node.value);
      case 'ArrayExpression':
        return node.elements.map((element: Node) => this.evaluate(element.expression ?? element, scope));
      case 'ObjectExpression':
        return this.object(node, scope);
      case 'FunctionExpression':
        return (row: Row) => this.evaluate(node.body, new Map(scope).set(node.params[0].key.name, row));
      case 'MemberExpression':
      case 'IndexExpression':
        return this.member(node, scope);
      case 'LogicalExpression':
        return this.logical(node, scope);
      case 'UnaryExpression':
        return this.unary(node, scope);
      case 'BinaryExpression':
        return binary(node.operator, this.value(node.left, scope), this.value(node.right, scope));
      default:
        throw new FluxCompileError(`unexpected ${node.type}`);
    }
  }

  private value(node: Node, scope: Scope): FluxValue {
    return this.evaluate(node, scope) as FluxValue;
  }

  private object(node: Node, scope: Scope): Record<string, unknown> {
    const base = node.with ? (scope.get(node.with.name) as Row) : {};
    return { ...base, ...this.arguments(node, scope) };
  }

  private arguments(node: Node, scope: Scope): Record<string, any> {
    const properties = node?.properties ?? [];
    return Object.fromEntries(
      properties.map(({ key, value }: Node) => [key.name ?? key.value, this.evaluate(value, scope)]),
    );
  }

  private member(node: Node, scope: Scope): FluxValue {
    const object = this.evaluate(node.object ?? node.array, scope) as Row;
    const property = node.property ?? node.index;
    return object[property.name ?? property.value] ?? null;
  }

  private logical(node: Node, scope: Scope): FluxValue {
    const left = this.value(node.left, scope);
    if (node.operator === 'and') return left === true ? this.value(node.right, scope) : left;
    return left === true ? true : this.value(node.right, scope);
  }

  private unary(node: Node, scope: Scope): FluxValue {
    const value = this.value(node.argument, scope);
    if (node.operator === 'exists') return value !== null;
    if (node.operator === 'not') return value === null ? null : value !== true;
    throw new FluxCompileError(`unexpected operator ${node.operator}`);
  }

  private call(node: Node, scope: Scope, piped?: unknown): unknown {
    const name = node.callee.name ?? `${node.callee.object.name}.${node.callee.property.name}`;
    const given = this.arguments(node.arguments?.[0], scope);
    if (piped === undefined) return this.callPlain(name, given);
    const stream = asStream(piped);
    if (name === 'range') return { tables: range(stream.tables, given['start'], given['stop']), isRanged: true };
    if (!stream.isRanged)
      throw new FluxCompileError('cannot submit unbounded read; try bounding it with a call to range');
    if (name === 'yield') {
      this.results.push({ name: given['name'], tables: stream.tables });
      return undefined;
    }
    return { tables: transform(name, given, stream.tables), isRanged: true };
  }

  private callPlain(name: string, given: Record<string, any>): unknown {
    switch (name) {
      case 'from':
        if (given['bucket'] !== this.bucket) throw new FluxCompileError(`could not find bucket "${given['bucket']}"`);
        return { tables: seriesTables(this.points), isRanged: false };
      case 'time':
        return new FluxTime(parseNanos(given['v']));
      case 'int':
        return given['v'] instanceof FluxTime ? given['v'].nanos : BigInt(Math.trunc(toNumber(given['v'])));
      case 'float':
        return toNumber(given['v']);
      case 'contains':
        return given['set'].includes(given['value']);
      case 'types.isNumeric':
        return ['number', 'bigint'].includes(typeof given['v']) || given['v'] instanceof FluxUint;
      case 'types.isType':
        return typeof given['v'] === given['type'];
      case 'strings.strlen':
        return BigInt([...given['v']].length);
      default:
        throw new FluxCompileError(`undefined identifier ${name}`);
    }
  }
}

function transform(name: string, given: Record<string, any>, tables: Table[]): Table[] {
  const nonEmpty = (all: Table[]) => all.filter(({ rows }) => rows.length > 0);
  switch (name) {
    case 'filter':
      return nonEmpty(tables.map(({ key, rows }) => ({ key, rows: rows.filter((row) => given['fn'](row) === true) })));
    case 'map':
      return tables.map(({ key, rows }) => ({ key, rows: rows.map((row) => given['fn'](row)) }));
    case 'drop':
      return drop(tables, given['columns']);
    case 'rename':
      return rename(tables, given['columns']);
    case 'group':
      return grouped(tables, () => given['columns']);
    case 'pivot':
      return pivot(tables, given['rowKey'], given['columnKey'][0], given['valueColumn']);
    case 'sum':
      return sum(tables);
    default:
      throw new FluxCompileError(`undefined identifier ${name}`);
  }
}

function asStream(value: unknown): Stream {
  if (typeof value !== 'object' || value === null || !('tables' in value)) {
    throw new FluxCompileError('the expression is no stream of tables');
  }
  return value as Stream;
}

/** One table for each series and field. */
function seriesTables(points: readonly StoredPoint[]): Table[] {
  const tables = new Map<string, Table>();
  for (const { measurement, tags, time, fields } of points) {
    for (const [field, { type, value }] of fields) {
      const row: Row = {
        _time: new FluxTime(time),
        _field: field,
        _measurement: measurement,
        ...Object.fromEntries(tags),
      };
      row['_value'] = type === 'unsignedLong' ? new FluxUint(value) : value;
      const id = JSON.stringify([measurement, tags, field, type]);
      const table = tables.get(id) ?? { key: ['_field', '_measurement', ...tags.map(([key]) => key)], rows: [] };
      tables.set(id, table);
      table.rows.push(row);
    }
  }
  for (const { rows } of tables.values()) rows.sort((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
  return [...tables.values()];
}

function range(tables: readonly Table[], start: FluxTime, stop: FluxTime): Table[] {
  return tables.flatMap(({ key, rows }) => {
    const within = rows.filter((row) => timeOf(row) >= start.nanos && timeOf(row) < stop.nanos);
    if (within.length === 0) return [];
    return [{ key: ['_start', '_stop', ...key], rows: within.map((row) => ({ ...row, _start: start, _stop: stop })) }];
  });
}

function timeOf(row: Row): bigint {
  return (row['_time'] as FluxTime).nanos;
}

function parseNanos(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/.exec(text);
  if (match === null) throw new FluxRuntimeError(`cannot convert string "${text}" to time`);
  return BigInt(Date.parse(`${match[1]}Z`)) * 1_000_000n + BigInt((match[2] ?? '').padEnd(9, '0'));
}

function toNumber(value: FluxValue): number {
  if (value instanceof FluxUint) return Number(value.value);
  const number = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value);
  if (Number.isNaN(number)) throw new FluxRuntimeError(`cannot convert "${shown(value)}" to float`);
  return number;
}

function binary(operator: string, left: FluxValue, right: FluxValue): FluxValue {
  if (left === null || right === null) return null;
  const [a, b] = [plain(left), plain(right)] as [number, number];
  if (typeof a !== typeof b) throw new FluxRuntimeError(`${typeof a} and ${typeof b} cannot be compared`);
  switch (operator) {
    case '==':
      return a === b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
    case '-':
      return a - b;
    case '/':
      return a / b;
    default:
      throw new FluxCompileError(`unexpected operator ${operator}`);
  }
}

function plain(value: FluxValue): FluxValue {
  if (value instanceof FluxTime) return value.nanos;
  return value instanceof FluxUint ? value.value : value;
}
