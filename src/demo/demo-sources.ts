import { browsingDemo } from './browsing-demo.source.js';
import { budgetDemo } from './budget-demo.source.js';
import type { DemoSource } from './demo-source.js';
import { githubDemo } from './github-demo.source.js';
import { productDemo } from './product-demo.source.js';
import { teamDemo } from './team-demo.source.js';
import { usageDemo } from './usage-demo.source.js';
import { whoopDemo } from './whoop-demo.source.js';

/** Every module's demo data, in the order in which it is loaded and told of. */
export const DEMO_SOURCES: readonly DemoSource[] = [
  productDemo,
  browsingDemo,
  teamDemo,
  usageDemo,
  budgetDemo,
  githubDemo,
  whoopDemo,
];
