/** Of a character of the font, which is monospaced so that the width of a text is known. */
export const characterWidth = 7.3;

const light = `--ground:#ffffff;--ink:#1f2328;--soft:#59636e;--grid:#d8dee4;--head:#8cb4ea;--body:#1f6feb;\
--ok:#1a7f37;--fail:#cf222e;--again:#9a5b00;--on:#ffffff`;
const dark = `--ground:#0d1117;--ink:#e6edf3;--soft:#9198a1;--grid:#2a313a;--head:#2f5f9e;--body:#58a6ff;\
--ok:#3fb950;--fail:#ff7b72;--again:#e3b341;--on:#0d1117`;

/**
 * Scoped to the picture's own class, as it may stand inside a page. `prefers-color-scheme` works in an `<img>`,
 * which is how a README shows it.
 */
export const style = `
.sluice{${light}}
@media (prefers-color-scheme:dark){.sluice{${dark}}}
.sluice text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:var(--ink);white-space:pre}
.sluice .ground{fill:var(--ground);stroke:var(--grid)}
.sluice .soft{fill:var(--soft)}
.sluice .middle{text-anchor:middle}
.sluice .summary{font-weight:600}
.sluice .grid{stroke:var(--grid)}
.sluice .waits{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:1.5 4;stroke-linecap:round}
.sluice .head{fill:var(--head)}
.sluice .body{fill:var(--body)}
.sluice .start{stroke:var(--body);stroke-width:2}
.sluice .response{fill:var(--ground);stroke:var(--body);stroke-width:1.5}
.sluice .again{stroke:var(--again);stroke-width:2.5;stroke-linecap:round;fill:none}
.sluice .ok{fill:var(--ok)}
.sluice .fail{fill:var(--fail)}
.sluice .cross{stroke:var(--on);stroke-width:1.8;stroke-linecap:round;fill:none}
.sluice .axis{stroke:var(--ink);stroke-width:1.5;fill:none}
.sluice .end{stroke:var(--ink);stroke-width:2.5}
.sluice text.letter{fill:var(--on);font-weight:700;text-anchor:middle}
`;
