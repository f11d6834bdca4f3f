/** Most characters of a line, as prettier has it. */
const width = 80;

/** A piece of TypeScript. */
export type Code = Written | List | Entries | Call;

/** A token, as it stands. */
interface Written {
  readonly form: 'written';
  readonly text: string;
  readonly isString: boolean;
}
interface List {
  readonly form: 'list';
  readonly items: readonly Code[];
}
interface Entries {
  readonly form: 'entries';
  readonly entries: readonly (readonly [key: string, value: Code])[];
}
interface Call {
  readonly form: 'call';
  readonly callee: string;
  readonly args: readonly Code[];
  readonly after: string;
}

/** Code that is written out already. */
export function raw(text: string): Code {
  return { form: 'written', text, isString: false };
}

/** A call; strings among the arguments are strings of the program. */
export function call(callee: string, ...args: readonly (Code | string)[]): Code {
  return {
    form: 'call',
    callee,
    args: args.map((arg) => (typeof arg === 'string' ? value(arg) : arg)),
    after: '',
  };
}

/** A property of a call's result. */
export function member(of: Code, name: string): Code {
  return of.form === 'call' ? { ...of, after: `.${name}` } : raw(`${flat(of)}.${name}`);
}

/** An object of properties that are defined. */
export function object(properties: object): Code {
  const entries = Object.entries(properties) as [string, unknown][];
  return {
    form: 'entries',
    entries: entries.filter(([, part]) => part !== undefined).map(([key, part]) => [key, value(part)]),
  };
}

/** A plain value: a string, a number, a boolean, a list or an object of such, or code. */
export function value(of: unknown): Code {
  if (typeof of === 'string') return { form: 'written', text: quoted(of), isString: true };
  if (Array.isArray(of)) return { form: 'list', items: of.map(value) };
  if (typeof of !== 'object' || of === null) return raw(String(of));
  return isCode(of) ? of : object(of);
}

function isCode(of: object): of is Code {
  return 'form' in of;
}

/** A string literal with the quotes that need fewer escapes, and nothing in it that an editor hides. */
export function quoted(text: string): string {
  const body = JSON.stringify(text)
    .slice(1, -1)
    .replaceAll('\\"', '"')
    .replace(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  const count = (mark: string): number => body.split(mark).length - 1;
  const quote = count("'") > count('"') ? '"' : "'";
  return quote + body.replaceAll(quote, `\\${quote}`) + quote;
}

/**
 * Code as prettier would format it with single quotes, the lines after the first indented.
 *
 * @param column of its first character
 * @param after characters that follow it in its last line
 */
export function print(code: Code, indent = 0, column = indent, after = 0): string {
  const line = flat(code);
  if (column + line.length + after <= width && !breaks(code)) return line;
  switch (code.form) {
    case 'written':
      return code.text;
    case 'list':
      return code.items.every((item) => item.form === 'written' && !item.isString)
        ? block('[', filled(code.items.map(flat), indent + 2), ']', indent)
        : block('[', lines(code.items, indent + 2), ']', indent);
    case 'entries':
      return block('{', properties(code.entries, indent + 2), '}', indent);
    case 'call':
      return printCall(code, indent, column);
  }
}

/** `name = code`, broken after the sign where not even the beginning of the code fits. */
export function assigned(begin: string, code: Code, indent: number, after: number): string {
  const column = indent + begin.length + 1;
  if (column + leastWidth(code, after) <= width) return `${begin} ${print(code, indent, column, after)}`;
  const inner = indent + 2;
  return `${begin}\n${' '.repeat(inner)}${print(code, inner, inner, after)}`;
}

/** Characters that stay in one line, however the code is broken. */
function leastWidth(code: Code, after: number): number {
  if (code.form === 'written') return code.text.length + after;
  return code.form === 'call' ? code.callee.length + 1 : 1;
}

/** The last argument is opened in the same line if it can be, else each has a line of its own. */
function printCall({ callee, args, after }: Call, indent: number, column: number): string {
  const last = args.at(-1);
  const others = args.slice(0, -1).map(flat);
  const begin = `${callee}(${[...others, ''].join(', ')}`;
  const opens = last?.form === 'list' || last?.form === 'entries';
  if (
    last &&
    opens &&
    args.at(-2)?.form !== last.form &&
    column + begin.length < width &&
    !args.slice(0, -1).some(breaks)
  ) {
    return `${begin}${open(last, indent)})${after}`;
  }
  return `${block(`${callee}(`, lines(args, indent + 2), ')', indent)}${after}`;
}

/** A list or an object over several lines. */
function open(code: List | Entries, indent: number): string {
  return print(code, indent, width);
}

function lines(items: readonly Code[], indent: number): string[] {
  return items.map((item) => print(item, indent, indent, 1));
}

/** Below this length of a key, prettier never breaks the line after it. */
const shortKey = 5;

function properties(entries: Entries['entries'], indent: number): string[] {
  return entries.map(([key, part]) => {
    const begin = `${keyOf(key)}:`;
    if (keyOf(key) === flat(part)) return key;
    if (begin.length > shortKey) return assigned(begin, part, indent, 1);
    return `${begin} ${print(part, indent, indent + begin.length + 1, 1)}`;
  });
}

/** Numbers, as many in a line as fit. */
function filled(items: readonly string[], indent: number): string[] {
  const rows: string[] = [];
  for (const item of items) {
    const row = rows.at(-1);
    if (row !== undefined && indent + row.length + 2 + item.length + 1 <= width)
      rows[rows.length - 1] = `${row}, ${item}`;
    else rows.push(item);
  }
  return rows;
}

function block(begin: string, inner: readonly string[], end: string, indent: number): string {
  const margin = ' '.repeat(indent);
  return [begin, ...inner.map((text) => `${margin}  ${text},`), `${margin}${end}`].join('\n');
}

/** Objects in a list, more than one and each of more than one property, never share a line. */
function breaks(code: Code): boolean {
  if (code.form === 'written') return false;
  if (code.form === 'entries') return code.entries.some(([, part]) => breaks(part));
  const parts = code.form === 'list' ? code.items : code.args;
  const isTable =
    code.form === 'list' &&
    parts.length > 1 &&
    parts.every((part) =>
      part.form === 'entries' ? part.entries.length > 1 : part.form === 'list' && part.items.length > 1,
    );
  return isTable || parts.some(breaks);
}

function flat(code: Code): string {
  switch (code.form) {
    case 'written':
      return code.text;
    case 'list':
      return `[${code.items.map(flat).join(', ')}]`;
    case 'entries':
      if (code.entries.length === 0) return '{}';
      return `{ ${code.entries.map(([key, part]) => (keyOf(key) === flat(part) ? key : `${keyOf(key)}: ${flat(part)}`)).join(', ')} }`;
    case 'call':
      return `${code.callee}(${code.args.map(flat).join(', ')})${code.after}`;
  }
}

function keyOf(key: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key);
}
