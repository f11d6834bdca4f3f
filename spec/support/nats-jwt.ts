import { nkeys } from '@nats-io/transport-node';

/** An operator whose word a server takes, and somebody whom it lets in. */
export interface JwtAccess {
  /** For the server's configuration. */
  readonly configuration: string;
  /** The text of the user's `.creds` file. */
  readonly creds: string;
}

const text = new TextDecoder();

/** Makes an operator, two accounts and a user, each signed by the one above, as `nsc` does. */
export function jwtAccess(): JwtAccess {
  const [operator, account, user] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createUser()];
  const system = nkeys.createAccount(); // without one there is no JetStream
  const limits = { ...unlimited, conn: -1, leaf: -1, imports: -1, exports: -1 };
  const operatorJwt = signed(operator, operator, { type: 'operator' });
  const accountJwt = signed(operator, account, {
    type: 'account',
    limits: { ...limits, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 },
  });
  const systemJwt = signed(operator, system, { type: 'account', limits });
  const userJwt = signed(account, user, { type: 'user', ...unlimited });
  return {
    configuration: [
      `operator: ${operatorJwt}`,
      `system_account: ${system.getPublicKey()}`,
      'resolver: MEMORY',
      `resolver_preload: { ${account.getPublicKey()}: ${accountJwt}, ${system.getPublicKey()}: ${systemJwt} }`,
    ].join('\n'),
    creds: [
      '-----BEGIN NATS USER JWT-----',
      userJwt,
      '------END NATS USER JWT------',
      '',
      '-----BEGIN USER NKEY SEED-----',
      text.decode(user.getSeed()),
      '------END USER NKEY SEED------',
      '',
    ].join('\n'),
  };
}

const unlimited = { subs: -1, data: -1, payload: -1 };

type KeyPair = ReturnType<typeof nkeys.createUser>;

function signed(issuer: KeyPair, subject: KeyPair, nats: object): string {
  const claims = {
    jti: subject.getPublicKey(),
    iat: Math.floor(Date.now() / 1_000),
    iss: issuer.getPublicKey(),
    sub: subject.getPublicKey(),
    name: 'test',
    nats: { version: 2, ...nats },
  };
  const parts = [{ typ: 'JWT', alg: 'ed25519-nkey' }, claims].map((part) => base64(JSON.stringify(part)));
  const said = parts.join('.');
  return `${said}.${base64(issuer.sign(Buffer.from(said)))}`;
}

function base64(data: string | Uint8Array): string {
  return Buffer.from(data).toString('base64url');
}
