// A plugin of TypeDoc: the headers of an entry point's index.ts are the categories of its reference, in their order.
import { readFileSync } from 'node:fs';
import { Comment, CommentTag, Converter } from 'typedoc';

/** The exports of an index.ts, each with the `// Header` it stands under. */
function headersOf(text) {
  const headers = new Map();
  let header;
  for (const [, found, names] of text.matchAll(/^\/\/ (.+)$|^export (?:type )?\{([^}]+)\}/gm)) {
    if (found !== undefined) header = found;
    else if (header !== undefined)
      for (const name of names.split(',')) headers.set(name.replace(/^\s*type\s/, '').trim(), header);
  }
  return headers;
}

export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const order = new Set();
    const entries = project.children?.some(({ children }) => children) ? project.children : [project];
    for (const entry of entries) {
      const file = project.getSymbolIdFromReflection(entry)?.fileName;
      const headers = file === undefined ? new Map() : headersOf(readFileSync(file, 'utf8'));
      for (const export_ of entry.children ?? []) {
        const header = headers.get(export_.name);
        if (header === undefined) continue;
        order.add(header);
        for (const documented of export_.signatures ?? [export_]) {
          documented.comment ??= new Comment();
          documented.comment.blockTags.push(new CommentTag('@category', [{ kind: 'text', text: header }]));
        }
      }
    }
    app.options.setValue('categoryOrder', [...order, '*']);
  });
}
