// ESLint 10 reads only flat configuration; this feeds it .eslintrc.json, which stays the file in force.
import { readFileSync } from 'node:fs';
import { FlatCompat } from '@eslint/eslintrc';
import importX from 'eslint-plugin-import-x';
import rxjsX from 'eslint-plugin-rxjs-x';
import typescript from 'typescript-eslint';

const here = import.meta.dirname;
const { ignorePatterns, ...rules } = JSON.parse(
  readFileSync(new URL('.eslintrc.json', import.meta.url), 'utf8'),
);
const compat = new FlatCompat({ baseDirectory: here });

export default [
  { ignores: ignorePatterns },
  { files: ['**/*.ts'] },
  ...compat.config(rules).map((part) => ({
    ...part,
    plugins: { '@typescript-eslint': typescript.plugin, 'import-x': importX, 'rxjs-x': rxjsX },
  })),
];
