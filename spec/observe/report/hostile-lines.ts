import type { RecordLine } from '../../../lib/observe/report/record-line.js';
import { madeUpLines } from './made-up-lines.js';

const harm = 'globalThis.harmed=1';

/** Texts that servers and pages send to whoever is to show them. */
const texts = [
  `</script><script>${harm};alert(1)</script>`,
  `<!--<script>`,
  `"><img src=http://127.0.0.1:9/leak onerror="${harm}">`,
  `' onmouseover='${harm}' autofocus onfocus='${harm}`,
  `<svg/onload=${harm}>`,
  `</style><style>@import 'http://127.0.0.1:9/leak.css'</style>`,
  `\u202egpj.exe\u202c \u2066isolated\u2069 \u200f\u061c`,
  `\u0000\u0007\u001b[31mred\u001b[0m\u0085`,
  `\ud800 lone \udfff`,
  `{{constructor.constructor('${harm}')()}} \${${harm}} <%= 1 %>`,
  `&lt;script&gt;&#60;b&#62;`,
  `<a href="javascript:${harm}">click</a>`,
  'W'.repeat(3_000),
  `</title></textarea></noscript></template>]]>`,
  `\u2028\u2029\ufeff\u00ad`,
];

const urls = [
  `javascript:${harm}//http://host/`,
  `JaVaScRiPt:${harm}`,
  ` javascript:${harm}`,
  `java\tscript:${harm}`,
  `data:text/html,<script>${harm}</script>`,
  `vbscript:${harm}`,
  `blob:http://host/1`,
  `file:///etc/passwd`,
  `http://user:hunter2@host.example/`,
  `http://host.example/"onclick="${harm}"`,
  `http://host.example/</script><script>${harm}</script>`,
  `http://host.example/\u202e${'a'.repeat(2_000)}`,
  `http://xn--80ak6aa92e.example/`,
  `not a url at all <b>`,
  `//host.example/relative`,
  '',
];

/** Records in which every text that comes from elsewhere means harm. */
export function hostileLines(): RecordLine[] {
  return madeUpLines(120).map((line, at) => {
    const text = texts[at % texts.length]!;
    const url = urls[at % urls.length]!;
    return {
      ...line,
      ok: false,
      request: { url: at % 3 === 0 ? `http://host.example/${text}` : url, method: text, context: text },
      url: urls[(at + 5) % urls.length]!,
      redirects: [url],
      body: text,
      bodyEncoding: 'text',
      error: { kind: 'http', status: 500, message: `GET: ${text}`, code: text, phase: text as 'body' },
    };
  });
}
