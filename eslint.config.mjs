import { fileURLToPath } from 'node:url';
import { includeIgnoreFile } from '@eslint/compat';
import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const ORM_MESSAGE = 'Only repositories, schemas and entities, and the store folders of infra/, may know the ORM.';

// The house's architecture as lint rules; imports against the module graph are refused by
// .dependency-cruiser.cjs, which `npm run lint` runs too.
export default tseslint.config(
  includeIgnoreFile(fileURLToPath(new URL('.gitignore', import.meta.url))),
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { fixStyle: 'inline-type-imports', prefer: 'type-imports', disallowTypeAnnotations: false },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // Nest resolves controllers through promises; a method of an interface may be async without awaiting.
      '@typescript-eslint/require-await': 'off',
      eqeqeq: 'error',
      'no-console': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Read the environment in src/config only.' },
      ],
      'no-restricted-imports': [
        'error',
        {
          paths: ['mongoose', 'mongodb', 'typeorm', '@nestjs/mongoose', '@nestjs/typeorm', 'libsql', 'pg'].map(
            (name) => ({ name, message: ORM_MESSAGE }),
          ),
        },
      ],
    },
  },
  {
    files: [
      'src/config/**',
      'src/main.ts',
      'src/migrate.ts',
      'src/demo.ts',
      'src/import-users.ts',
      'src/sync-github.ts',
      'src/sync-whoop.ts',
      'src/verify-rollups.ts',
      'src/rebuild-usage.ts',
      'src/backup.ts',
      'src/restore.ts',
      'test/**',
      'bench/**',
      'deploy/**',
    ],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: [
      '**/*.repository.ts',
      '**/*.schema.ts',
      '**/*.entity.ts',
      '**/*.module.ts',
      'src/infra/mongo/**',
      'src/infra/sql/**',
      'src/infra/lease/**',
      'src/app.module.ts',
      'test/**',
      'bench/**',
    ],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: [
      'src/migrate.ts',
      'src/demo.ts',
      'src/import-users.ts',
      'src/sync-github.ts',
      'src/sync-whoop.ts',
      'src/verify-rollups.ts',
      'src/rebuild-usage.ts',
      'src/backup.ts',
      'src/restore.ts',
      'test/**',
      'bench/**',
      'deploy/**',
    ],
    rules: { 'no-console': 'off' },
  },
  {
    // Response bodies in tests are read as any; the assertions check them.
    files: ['test/**', '**/*.spec.ts', 'bench/**', 'deploy/**'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        fetch: 'readonly',
        setTimeout: 'readonly',
        setInterval: 'readonly',
        clearTimeout: 'readonly',
        clearInterval: 'readonly',
        performance: 'readonly',
        module: 'writable',
        AbortSignal: 'readonly',
        TextDecoder: 'readonly',
        setImmediate: 'readonly',
      },
    },
  },
  { files: ['.dependency-cruiser.cjs', '.ci/**'], ...tseslint.configs.disableTypeChecked },
  { files: ['.ci/**'], rules: { 'no-console': 'off', 'no-restricted-properties': 'off' } },
);
