import { readFileSync } from 'node:fs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as docs from '../../lib/pipeline/option-docs.js';
import { programOf, root } from './program.js';

const { typedocOptions } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly typedocOptions: { readonly entryPoints: readonly string[] };
};

/** Types that need an example as functions and classes do. */
const exemplary = ['FetchEvent', 'FetchOptions', 'FetchResult', 'Interceptor', 'Transport'];
/** What returns one of these draws it. */
const drawn =
  /^(Observable|AsyncIterable|Fetcher|(MonoType)?OperatorFunction|(Observed)?(Interceptor|Transport))\b/;

/** A public name, or a member of one: `FetchRequest.method`. */
interface Documented {
  readonly name: string;
  readonly symbol: ts.Symbol;
}

/** What a program makes public, and what its docstrings say of it. */
class Reference {
  private readonly checker: ts.TypeChecker;
  readonly names: readonly Documented[];

  constructor(program: ts.Program, entryPoints: readonly string[]) {
    this.checker = program.getTypeChecker();
    this.names = entryPoints.flatMap((path) => {
      const file = program.getSourceFile(`${root}${path}`);
      const module = file && this.checker.getSymbolAtLocation(file);
      if (!module) throw new Error(`${path} exports nothing`);
      return this.checker
        .getExportsOfModule(module)
        .map((symbol) => ({ name: symbol.name, symbol: this.declared(symbol) }));
    });
  }

  /** Fields and methods of a type, less those of RxJS, of the language, and private ones. */
  members({ name, symbol }: Documented): Documented[] {
    if ((symbol.flags & (ts.SymbolFlags.Interface | ts.SymbolFlags.Class)) === 0) return [];
    return this.checker
      .getDeclaredTypeOfSymbol(symbol)
      .getProperties()
      .filter(({ declarations = [] }) => declarations.some(isOurs))
      .map((member) => ({ name: `${name}.${member.name}`, symbol: member }));
  }

  sentence({ symbol }: Documented): string {
    return ts.displayPartsToString(symbol.getDocumentationComment(this.checker));
  }

  tag({ symbol }: Documented, name: string): string | undefined {
    const found = symbol.getJsDocTags(this.checker).find((tag) => tag.name === name);
    return found && ts.displayPartsToString(found.text);
  }

  /** What a function returns, as it is written; undefined of what is none. */
  returned({ symbol }: Documented): string | undefined {
    const [declaration] = symbol.declarations ?? [];
    return declaration && ts.isFunctionDeclaration(declaration) ? declaration.type?.getText() : undefined;
  }

  isRunnable({ symbol }: Documented): boolean {
    return (symbol.flags & (ts.SymbolFlags.Function | ts.SymbolFlags.Class)) !== 0;
  }

  isOptional({ symbol }: Documented): boolean {
    return (symbol.flags & ts.SymbolFlags.Optional) !== 0;
  }

  private declared(symbol: ts.Symbol): ts.Symbol {
    return symbol.flags & ts.SymbolFlags.Alias ? this.checker.getAliasedSymbol(symbol) : symbol;
  }
}

function isOurs(declaration: ts.Declaration): boolean {
  return (
    declaration.getSourceFile().fileName.startsWith(`${root}lib/`) &&
    (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) === 0
  );
}

/** What is wrong with a reference, a line for each name. */
function gaps(reference: Reference): string[] {
  const { names } = reference;
  const members = names.flatMap((each) => reference.members(each));
  return [
    ...[...names, ...members]
      .filter((each) => !/^[A-Z`{][^]*?[.:](\s|$)/.test(reference.sentence(each)))
      .map(({ name }) => `${name} has no sentence`),
    ...names
      .filter((each) => reference.isRunnable(each) || exemplary.includes(each.name))
      .filter((each) => !new RegExp(`\\b${each.name}\\b`).test(reference.tag(each, 'example') ?? ''))
      .map(({ name }) => `${name} has no @example that uses it`),
    ...names
      .filter((each) => drawn.test(reference.returned(each) ?? ''))
      .filter((each) => !/```[^]*-[^]*```/.test(reference.sentence(each)))
      .map(({ name }) => `${name} draws no marbles`),
    ...members
      .filter((each) => /(Options|Request|QueueBound)\./.test(each.name) && reference.isOptional(each))
      .filter((each) => reference.tag(each, 'default') === undefined)
      .map(({ name }) => `${name} has no @default`),
  ];
}

const { entryPoints } = typedocOptions;
const program = programOf(entryPoints.map((path) => `${root}${path}`));
const reference = new Reference(program, entryPoints);

describe('the reference', () => {
  it('says what every public name and every field is, with examples, marbles and defaults', () => {
    expect(gaps(reference)).toEqual([]);
  });

  it.each([
    ['FetchOptions', docs.optionDocs],
    ['TimeoutOptions', docs.timeoutDocs],
    ['RetryOptions', docs.retryDocs],
    ['PerHostOptions', docs.perHostDocs],
    ['CircuitOptions', docs.circuitDocs],
    ['QueueBound', docs.queueDocs],
  ])('has the defaults of %s that the README has', (name, table) => {
    const plain = (text = ''): string => text.replaceAll(/[',_]/g, '');
    const options = reference.names.filter((each) => each.name === name);
    const said = options
      .flatMap((each) => reference.members(each))
      .map((member) => [member.name.slice(name.length + 1), plain(reference.tag(member, 'default'))]);
    const expected = Object.entries(table).map(([option, [preset]]) => [option, plain(preset)]);
    expect(said.sort()).toEqual(expected.sort());
  });

  it('would have its gaps told by name', () => {
    const path = 'lib/gaps.ts';
    const text = `
      /** Fetches. */
      export declare function fetchNone(): Observable<never>;
      import type { Observable } from 'rxjs';
      /** options of nothing */
      export interface NoOptions { readonly some?: number }
      /** Fetches. @example fetchNone() */
      export class Fetches {}`;
    const wrong = programOf([], new Map([[`${root}${path}`, text]]), program);
    expect(gaps(new Reference(wrong, [path]))).toEqual([
      'NoOptions has no sentence',
      'NoOptions.some has no sentence',
      'fetchNone has no @example that uses it',
      'Fetches has no @example that uses it',
      'fetchNone draws no marbles',
      'NoOptions.some has no @default',
    ]);
  });
});
