/** Every question tells what it cost and what is left. */
const RATE_LIMIT = 'rateLimit { limit cost remaining resetAt }';

const REPOSITORY_PAGE = `
  fragment Page on RepositoryConnection {
    totalCount
    pageInfo { hasNextPage endCursor }
    nodes {
      id
      name
      owner { login }
      url @include(if: $withDetails)
      isPrivate @include(if: $withDetails)
      diskUsage @include(if: $withDetails)
      languages(first: 20, orderBy: { field: SIZE, direction: DESC }) @include(if: $withDetails) {
        edges { size node { name } }
      }
      defaultBranchRef @include(if: $withDetails) {
        target { oid ... on Commit { committedDate history { totalCount } } }
      }
    }
  }`;

/**
 * Whatever is needed to see what changed, so that a repository that did not costs nothing more. `$withDetails: false` only names
 * them, which works also where GitHub cannot tell the rest.
 */
export const OWN_REPOSITORIES = `
  query OwnRepositories($first: Int!, $after: String, $isFork: Boolean, $withDetails: Boolean!) {
    ${RATE_LIMIT}
    owner: viewer {
      login
      repositories(
        first: $first, after: $after, ownerAffiliations: [OWNER], isFork: $isFork,
        orderBy: { field: CREATED_AT, direction: ASC }
      ) { ...Page }
    }
  }
  ${REPOSITORY_PAGE}`;

export const ORGANIZATION_REPOSITORIES = `
  query OrganizationRepositories(
    $login: String!, $first: Int!, $after: String, $isFork: Boolean, $withDetails: Boolean!
  ) {
    ${RATE_LIMIT}
    owner: organization(login: $login) {
      login
      repositories(
        first: $first, after: $after, isFork: $isFork,
        orderBy: { field: CREATED_AT, direction: ASC }
      ) { ...Page }
    }
  }
  ${REPOSITORY_PAGE}`;

/** Commits from one commit back, newest first; the cursor belongs to that commit. */
export const HISTORY = `
  query History($id: ID!, $oid: GitObjectID!, $first: Int!, $after: String, $withChurn: Boolean!) {
    ${RATE_LIMIT}
    node(id: $id) {
      ... on Repository {
        object(oid: $oid) {
          ... on Commit {
            history(first: $first, after: $after) {
              totalCount
              pageInfo { hasNextPage endCursor }
              nodes {
                oid
                committedDate
                authoredDate
                parents(first: 2) { totalCount }
                author { email user { id } }
                additions @include(if: $withChurn)
                deletions @include(if: $withChurn)
              }
            }
          }
        }
      }
    }
  }`;

/** The cheapest question there is: whether GitHub answers at all. */
export const PING = `query Ping { ${RATE_LIMIT} }`;
