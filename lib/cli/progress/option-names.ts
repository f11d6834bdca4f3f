/** How the command calls what the library's advice names. */
const commandNames: Readonly<Record<string, string>> = {
  acceptStatus: '--accept-status',
  concurrency: '--concurrency',
  'error.cause': 'the message',
  'error.page': 'its record (with --body text)',
  maxBodyBytes: '--max-body',
  maxRedirects: '--max-redirects',
  privateAddresses: '--private-addresses',
  timeout: '--timeout',
  'undiciTransport({ ca })': '--cacert',
};

export function commandName(name: string): string {
  return commandNames[name] ?? name;
}
