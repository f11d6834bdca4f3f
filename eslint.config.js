// ESLint 10 reads flat configuration alone; this hands it .eslintrc.json, which is the file in force.
import { readFileSync } from 'node:fs';
import { FlatCompat } from '@eslint/eslintrc';
import js from '@eslint/js';
import rxjsX from 'eslint-plugin-rxjs-x';

const file = new URL('.eslintrc.json', import.meta.url);
const { ignorePatterns, ...config } = JSON.parse(readFileSync(file, 'utf8'));
const compat = new FlatCompat({
  baseDirectory: import.meta.dirname,
  recommendedConfig: js.configs.recommended,
});

export default [
  { ignores: ignorePatterns },
  { files: ['**/*.ts'] },
  ...compat.config(config).map((part) => ({
    ...part,
    plugins: { ...part.plugins, 'rxjs-x': rxjsX }, // an ES module: FlatCompat hands on its namespace
  })),
];
