// Imports between folders as a directed graph without cycles: config and common know nothing of the rest,
// infra stands on them, modules stand on infra, and sources flow one way into reports.
/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'config-stands-alone',
      severity: 'error',
      from: { path: '^src/config' },
      to: { path: '^src/(common|infra|modules)' },
    },
    {
      name: 'common-knows-no-store',
      severity: 'error',
      from: { path: '^src/common' },
      to: { path: '^src/(infra|modules)' },
    },
    { name: 'infra-knows-no-module', severity: 'error', from: { path: '^src/infra' }, to: { path: '^src/modules' } },
    {
      name: 'sources-know-no-reports',
      comment: 'events, activity, github, whoop → analytics → reports, insights',
      severity: 'error',
      from: { path: '^src/modules/(events|activity|github|whoop|projects)' },
      to: { path: '^src/modules/(analytics|reports|insights)' },
    },
    {
      name: 'repositories-are-private',
      comment: 'A module exports its service, never its repository.',
      severity: 'error',
      from: { path: '^src/modules/([^/]+)/' },
      to: { path: '^src/modules/(?!$1/)[^/]+/.*\\.(repository|entity)\\.ts$' },
    },
    {
      name: 'influxdb-client-is-loaded-late',
      comment: 'Only when InfluxDB is configured, by a dynamic import: a start must not pay for it.',
      severity: 'error',
      from: { pathNot: '^src/(infra/influx/influx-(query|rows)\\.ts|modules/activity/influx/)' },
      to: {
        path: '@influxdata/influxdb-client|infra/influx/influx-query|^src/modules/activity/influx/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'controllers-know-no-repository',
      severity: 'error',
      from: { path: '\\.controller\\.ts$' },
      to: { path: '\\.(repository|entity|schema)\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '\\.spec\\.ts$' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js'] },
  },
};
