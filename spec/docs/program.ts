import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** The folder of the package. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

const config = ts.getParsedCommandLineOfConfigFile(`${root}tsconfig.json`, undefined, {
  ...ts.sys,
  onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
    throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
  },
});

/** As strict as the library, but for what an example leaves to its reader. */
const options: ts.CompilerOptions = {
  ...config?.options,
  noUnusedLocals: false,
  noUnusedParameters: false,
  isolatedModules: false,
  verbatimModuleSyntax: false,
};

/** What `import` of this package's own name finds: `sluice`, `sluice/testing` and so on, each with its file. */
export const entries: ReadonlyMap<string, string> = new Map(
  Object.entries(options.paths ?? {})
    .filter(([name]) => !name.startsWith('#'))
    .map(([name, [path = '']]) => [name, new URL(path, `file://${root}`).href]),
);

/**
 * A program of files that exist and files that do not.
 * @param drafts text of the latter by path, as if they lay in the package's folder
 */
export function programOf(
  files: readonly string[],
  drafts: ReadonlyMap<string, string> = new Map(),
  before?: ts.Program,
): ts.Program {
  const host = ts.createCompilerHost(options, true);
  const { fileExists, readFile, getSourceFile } = host;
  host.fileExists = (path) => drafts.has(path) || fileExists(path);
  host.readFile = (path) => drafts.get(path) ?? readFile(path);
  host.getSourceFile = (path, ...rest) => {
    const draft = drafts.get(path);
    return draft === undefined
      ? (before?.getSourceFile(path) ?? getSourceFile(path, ...rest))
      : ts.createSourceFile(path, draft, rest[0], true); // which says, too, that it is an ES module
  };
  return ts.createProgram([...files, ...drafts.keys()], options, host, before);
}

/** What each module exports, by its name. */
export function exportsOf(
  modules: readonly string[],
  before?: ts.Program,
): { readonly program: ts.Program; readonly names: ReadonlyMap<string, readonly ts.Symbol[]> } {
  const path = `${root}every-module.ts`;
  const draft = modules.map((name) => `import * as _ from '${name}';`).join('\n');
  const program = programOf([], new Map([[path, draft]]), before);
  const checker = program.getTypeChecker();
  const names = new Map<string, readonly ts.Symbol[]>();
  for (const statement of program.getSourceFile(path)?.statements ?? []) {
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue;
    const module = checker.getSymbolAtLocation(statement.moduleSpecifier);
    if (!module) throw new Error(`There is no module ${statement.moduleSpecifier.text}`);
    names.set(statement.moduleSpecifier.text, checker.getExportsOfModule(module));
  }
  return { program, names };
}
