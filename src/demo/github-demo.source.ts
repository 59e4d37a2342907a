import { SampleProjectsService } from '../modules/github/projects/sample-projects.service.js';
import type { DemoSource } from './demo-source.js';
import { generateRepositories } from './github-demo.js';

export const githubDemo: DemoSource = {
  name: 'GitHub repositories',

  async seed({ anchor, resolve, showProgress }) {
    const samples = resolve(SampleProjectsService);
    const repositories = generateRepositories(anchor);
    for (const [i, repository] of repositories.entries()) {
      if (await samples.store(repository)) showProgress(i + 1, repositories.length);
    }
  },

  curls({ api }) {
    return [
      api.curl({ method: 'GET', path: '/api/github/metrics' }),
      api.curl({ method: 'GET', path: '/api/github/project/almanac/activity', query: { days: '30' } }),
    ];
  },
};
