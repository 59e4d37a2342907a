import { SampleProjectsService } from '../modules/github/projects/sample-projects.service.js';
import type { DemoSource } from './demo-source.js';
import { generateRepositories } from './github-demo.js';

export const githubDemo: DemoSource = {
  name: 'GitHub repositories',

  async seed({ anchor, resolve, showProgress }) {
    const samples = resolve(SampleProjectsService);
    const repositories = generateRepositories(anchor);
    for (const [i, repository] of repositories.entries()) {
      await samples.store(repository);
      showProgress(i + 1, repositories.length);
    }
  },

  curls({ api }) {
    return [api.curl({ method: 'GET', path: '/api/github/metrics' })];
  },
};
