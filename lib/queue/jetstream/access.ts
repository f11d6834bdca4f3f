import { credsAuthenticator, nkeyAuthenticator, type NodeConnectionOptions } from '@nats-io/transport-node';
import type { NatsCredentials } from './options.js';

/** Where servers are, and how one is let in. */
export interface Access {
  /** Without what is secret. */
  readonly servers: readonly string[];
  readonly settings: NodeConnectionOptions;
}

/** A scheme, if there is one, and a name and password or a token before the `@`, as other clients of NATS take them. */
const withUser = /^(\w+:\/\/)?([^@/]*)@/;

/** What is said by the addresses themselves counts where `credentials` are not given. */
export function accessOf(
  servers: string | readonly string[],
  credentials: NatsCredentials | undefined,
): Access {
  const list = typeof servers === 'string' ? servers.split(',') : servers;
  // what is behind an @ that is left over may be half a password, which messages would show
  if (list.some((server) => server.trim().replace(withUser, '').includes('@'))) {
    throw new TypeError(
      'jetstreamQueue: expected special characters of a user, password or token in `servers` to be percent-encoded (%2F for /, %40 for @), or given by `credentials`',
    );
  }
  const [, , user = ''] = list.map((server) => withUser.exec(server.trim())).find(Boolean) ?? [];
  return {
    servers: list.map((server) => server.trim().replace(withUser, '$1')),
    settings: settingsOf(credentials ?? (user === '' ? undefined : credentialsIn(user))),
  };
}

function credentialsIn(user: string): NatsCredentials {
  const [name = '', ...password] = user.split(':');
  if (password.length === 0) return { token: decoded(name) };
  return { user: decoded(name), password: decoded(password.join(':')) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // a password with a % of its own
  }
}

function settingsOf(credentials: NatsCredentials | undefined): NodeConnectionOptions {
  if (!credentials) return {};
  if ('user' in credentials) return { user: credentials.user, pass: credentials.password };
  if ('token' in credentials) return { token: credentials.token };
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  return {
    authenticator:
      'nkey' in credentials
        ? nkeyAuthenticator(bytes(credentials.nkey))
        : credsAuthenticator(bytes(credentials.creds)),
  };
}
