/** A value as JSON that may stand in a `<script>`: nothing in it can end the element, or begin a comment. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
