import { readdirSync, readFileSync } from 'node:fs';
import ts from 'typescript';
import { entries, exportsOf, programOf, root } from './program.js';

/** An `@example` of a docstring. */
export interface Example {
  /** File and line: `lib/operators/to-batch.ts:16`. */
  readonly place: string;
  readonly code: string;
}

/** Every `@example` of the files of `lib/`. */
export function libraryExamples(): Example[] {
  return readdirSync(`${root}lib`, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .flatMap((name) => examplesIn(`lib/${name}`, readFileSync(`${root}lib/${name}`, 'utf8')));
}

export function examplesIn(path: string, text: string): Example[] {
  return [...text.matchAll(/\/\*\*(?:(?!\*\/)[^])*\*\//g)].flatMap((comment) =>
    [...comment[0].matchAll(/^ *\* @example\n((?: *\*(?! @|\/).*\n)*)/gm)].map((tag) => {
      const line = text.slice(0, comment.index + tag.index).split('\n').length;
      return { place: `${path}:${line}`, code: (tag[1] ?? '').replaceAll(/^ *\* ?/gm, '') };
    }),
  );
}

/** What an example may use as if it were there. */
const given = new Map([
  ['urls', 'declare const urls: string[];'],
  ['it', 'declare const it: (name: string, test: () => void) => void;'],
]);

/** Examples as programs: in front of each stand, in one line, the imports that its reader adds. */
export class Programs {
  private readonly modules = exportsOf([...entries.keys(), 'rxjs']);
  private readonly moduleOf = new Map<string, string>();

  constructor() {
    for (const [module, exported] of this.modules.names) {
      for (const { name } of exported) if (!this.moduleOf.has(name)) this.moduleOf.set(name, module);
    }
  }

  complete({ code }: Example): string {
    const { used, declared } = namesIn(code);
    const missing = [...used].filter((name) => !declared.has(name));
    const lines = missing.map((name) => {
      const module = this.moduleOf.get(name);
      return module === undefined ? (given.get(name) ?? '') : `import { ${name} } from '${module}';`;
    });
    return `${lines.join(' ')}\n${code}\nexport {};\n`;
  }

  /** What TypeScript has to say of each example that it does not take. */
  complaints(examples: readonly Example[]): string[] {
    const drafts = new Map(
      examples.map((example, at) => [`${root}example-${at}.ts`, this.complete(example)]),
    );
    const program = programOf([], drafts, this.modules.program);
    return examples.flatMap(({ place }, at) => {
      const file = program.getSourceFile(`${root}example-${at}.ts`);
      return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)].map(
        ({ messageText, start = 0 }) => {
          const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
          return `${place}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
        },
      );
    });
  }
}

/** Names that a program uses and names that it declares. A property of an object counts as neither. */
function namesIn(code: string): { readonly used: Set<string>; readonly declared: Set<string> } {
  const used = new Set<string>();
  const declared = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      const { parent } = node;
      const isName = 'name' in parent && parent.name === node;
      if (isName && !ts.isPropertyAccessExpression(parent) && !ts.isPropertyAssignment(parent))
        declared.add(node.text);
      else if (!isName) used.add(node.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('example.ts', code, ts.ScriptTarget.ES2022, true));
  return { used, declared };
}
