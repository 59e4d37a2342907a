import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { checkSync } from 'recheck';
import ts from 'typescript';

const ROOT = resolve('src');
const SCRIPT = /\.(?:ts|mjs|js)$/;

interface RegexInSource {
  /** `path:line`, for the failure's text. */
  place: string;
  source: string;
  flags: string;
}

function scripts(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && SCRIPT.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Visits every node of a file. */
function walk(file: ts.SourceFile, visit: (node: ts.Node) => void): void {
  const step = (node: ts.Node): void => {
    visit(node);
    ts.forEachChild(node, step);
  };
  step(file);
}

function parse(path: string): ts.SourceFile {
  return ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
}

function placeOf(node: ts.Node, file: ts.SourceFile): string {
  const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
  return `${relative(resolve('.'), file.fileName)}:${line + 1}`;
}

function regexLiterals(path: string): RegexInSource[] {
  const file = parse(path);
  const found: RegexInSource[] = [];
  walk(file, (node) => {
    if (!ts.isRegularExpressionLiteral(node)) return;
    const text = node.text;
    const end = text.lastIndexOf('/');
    found.push({ place: placeOf(node, file), source: text.slice(1, end), flags: text.slice(end + 1) });
  });
  return found;
}

/** `new RegExp(x)` and `RegExp(x)` with anything but a literal: text that may come from a user. */
function computedRegexes(path: string): string[] {
  const file = parse(path);
  const found: string[] = [];
  walk(file, (node) => {
    if (!ts.isNewExpression(node) && !ts.isCallExpression(node)) return;
    if (!ts.isIdentifier(node.expression) || node.expression.text !== 'RegExp') return;
    const pattern = node.arguments?.[0];
    if (pattern === undefined || ts.isStringLiteralLike(pattern) || ts.isRegularExpressionLiteral(pattern)) return;
    found.push(`${placeOf(node, file)} ${node.getText(file)}`);
  });
  return found;
}

describe('regular expressions of the server', () => {
  const files = scripts(ROOT);
  const literals = files.filter((path) => !path.endsWith('.spec.ts')).flatMap((path) => regexLiterals(path));

  it('I6 should find the literals that it is to check', () => {
    expect(literals.length).toBeGreaterThan(20);
  });

  it('I6 should need no more than linear or bounded time, whatever the text', () => {
    const checked = new Map<string, string>();
    const unsafe: string[] = [];
    for (const { place, source, flags } of literals) {
      const key = `/${source}/${flags}`;
      let status = checked.get(key);
      if (status === undefined) {
        const result = checkSync(source, flags, { timeout: 20_000 });
        status = result.status === 'vulnerable' ? `vulnerable: ${result.complexity.summary}` : result.status;
        checked.set(key, status);
      }
      if (status !== 'safe') unsafe.push(`${place} ${key}: ${status}`);
    }
    expect(unsafe).toEqual([]);
  }, 300_000);

  it('I6 should never be built from text that is not a literal', () => {
    expect(files.filter((path) => !path.endsWith('.spec.ts')).flatMap((path) => computedRegexes(path))).toEqual([]);
  });
});
