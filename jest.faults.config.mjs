import base from './jest.config.mjs';

/** @type {import('jest').Config} */
export default { ...base, roots: ['<rootDir>/test/faults'], testPathIgnorePatterns: ['/node_modules/'], maxWorkers: 1 };
