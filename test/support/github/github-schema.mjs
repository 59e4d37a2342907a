// @ts-check
// GitHub's public GraphQL schema as it is published, executed over repositories of a test.
import { schema as published } from '@octokit/graphql-schema';
import {
  buildClientSchema,
  execute,
  Kind,
  parse,
  TypeInfo,
  validate,
  valueFromAST,
  visit,
  visitWithTypeInfo,
  getNamedType,
} from 'graphql';

/** @type {import('graphql').GraphQLSchema | undefined} */
let schema;

/** Building it takes a second. */
function githubSchema() {
  return (schema ??= buildClientSchema(/** @type {any} */ (published.json)));
}

/** @type {Map<string, {document: import('graphql').DocumentNode, errors: readonly import('graphql').GraphQLError[]}>} */
const known = new Map();

/** The query, checked against the schema once. @param {string} query */
export function checkQuery(query) {
  let checked = known.get(query);
  if (checked === undefined) {
    const document = parse(query);
    checked = { document, errors: validate(githubSchema(), document) };
    known.set(query, checked);
  }
  return checked;
}

/** @param {import('graphql').DocumentNode} document */
export function operationName(document) {
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) return definition.name?.value ?? '';
  }
  return '';
}

/**
 * What GitHub would charge, by its documented rule: the requests that its connections need, by a hundred, at least 1.
 *
 * @param {import('graphql').DocumentNode} document
 * @param {Record<string, unknown>} variables
 */
export function pointsOf(document, variables) {
  const info = new TypeInfo(githubSchema());
  /** @type {Map<string, import('graphql').FragmentDefinitionNode>} */
  const fragments = new Map();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  let requests = 0;
  /** @param {import('graphql').ASTNode} root @param {number} outer */
  const count = (root, outer) => {
    const stack = [outer];
    visit(
      root,
      visitWithTypeInfo(info, {
        Field: {
          enter(node) {
            const times = stack.at(-1) ?? 1;
            const type = info.getType();
            if (type === null || type === undefined || !getNamedType(type).name.endsWith('Connection')) {
              stack.push(times);
              return;
            }
            requests += times;
            const first = node.arguments?.find(({ name }) => name.value === 'first' || name.value === 'last');
            const definition = info.getFieldDef()?.args.find(({ name }) => name === 'first');
            const size =
              first === undefined || definition === undefined
                ? 1
                : valueFromAST(first.value, definition.type, variables);
            stack.push(times * Number(size ?? 1));
          },
          leave() {
            stack.pop();
          },
        },
        FragmentSpread(node) {
          const fragment = fragments.get(node.name.value);
          if (fragment !== undefined) count(fragment, stack.at(-1) ?? 1);
        },
        // Counted where it is spread.
        FragmentDefinition(node) {
          return root === node ? undefined : false;
        },
      }),
    );
  };
  count(document, 1);
  return Math.max(1, Math.round(requests / 100));
}

/**
 * @param {import('graphql').DocumentNode} document
 * @param {Record<string, unknown>} variableValues
 * @param {object} rootValue
 */
export async function executeQuery(document, variableValues, rootValue) {
  return execute({ schema: githubSchema(), document, rootValue, variableValues });
}
