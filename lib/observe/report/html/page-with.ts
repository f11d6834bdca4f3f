import { jsonText } from './json-text.js';
import { script, scriptHash, style, styleHash } from './page-text.js';
import type { ReportData } from './report-data.js';

/**
 * What the page may do: run the one script and the one style that are in it, and show pictures that are in it. Nothing
 * may be fetched, framed or sent anywhere, and no text becomes elements.
 */
const policy = [
  `default-src 'none'`,
  `script-src '${scriptHash}'`,
  `style-src '${styleHash}'`,
  `img-src data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `require-trusted-types-for 'script'`,
  `trusted-types 'none'`,
].join('; ');

/** The page, which builds itself from the data. All that varies is in the JSON. */
export function pageWith(data: ReportData): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="referrer" content="no-referrer">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Report of a run</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This report is drawn by a script that is part of the file: it needs JavaScript, and no network.</noscript>
<script type="application/json" id="data">${jsonText(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
