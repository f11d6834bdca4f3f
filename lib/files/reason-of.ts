/** Why the system refused, in words where there are some for its code. */
export function reasonOf(cause: unknown, words: Readonly<Record<string, string>>): string {
  const { code, message } = cause as NodeJS.ErrnoException;
  const reason = code === undefined ? undefined : words[code];
  return reason === undefined ? message : `${reason} (${String(code)})`;
}
