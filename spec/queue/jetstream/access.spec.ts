import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nkeys } from '@nats-io/transport-node';
import { count, lastValueFrom, of } from 'rxjs';
import { fetchQueue, jetstreamQueue, type JetStreamQueueOptions } from 'sluice/jetstream';
import { page } from 'sluice/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { authority, selfSigned } from '../../support/certificate.js';
import { leavesNothingBehind } from '../../support/leaks.js';
import { jwtAccess } from '../../support/nats-jwt.js';
import { natsPath, startNats } from '../../support/nats.js';
import { temporaryFolder } from '../../support/temporary-folder.js';

async function nats(configuration: string): Promise<string> {
  const server = await startNats(configuration);
  onTestFinished(() => server.stop());
  return server.url;
}

/** Puts two inputs in and fetches them: everything that a permission could forbid. */
async function use(servers: string, options: JetStreamQueueOptions = {}): Promise<number> {
  const queue = await jetstreamQueue('q', { servers, shards: 2, patience: 2_000, ...options });
  try {
    await queue.enqueue(['http://a/', 'http://b/']);
    const transport = () => of(page('http://a/'));
    await lastValueFrom(fetchQueue(queue, { transport }).pipe(count()));
    return (await queue.counts()).done;
  } finally {
    await queue.close();
  }
}

const notLetIn =
  /^The NATS server of the queue q at \S+ does not let this client in: .*Authorization Violation.*\. Give a user and password, a token or a \.creds file that it knows$/i;

describe('a password in the address of a server', () => {
  it.each(['nats://me:p@s/s:w#%d@host', 'nats://me:s/s@host', 'me:p/w@host'])(
    'that is not percent-encoded is in no message: %s',
    async (servers) => {
      await expect(jetstreamQueue('q', { servers })).rejects.toThrow(
        /^jetstreamQueue: expected special characters of a user, password or token in `servers` to be percent-encoded \(%2F for \/, %40 for @\), or given by `credentials`$/,
      );
    },
  );
});

describe.skipIf(natsPath === undefined)('jetstreamQueue is let in', () => {
  leavesNothingBehind();

  it('by name and password', async () => {
    const servers = await nats('authorization { user: me, password: secret }');
    expect(await use(servers, { credentials: { user: 'me', password: 'secret' } })).toBe(2);
    await expect(use(servers, { credentials: { user: 'me', password: 'no' } })).rejects.toThrow(notLetIn);
    await expect(use(servers)).rejects.toThrow(notLetIn);
  });

  it('by name and password in the URL, which no message shows', async () => {
    const servers = await nats('authorization { user: me, password: secret }');
    expect(await use(servers.replace('//', '//me:secret@'))).toBe(2);
    const wrong = use(servers.replace('//', '//me:hidden@'));
    await expect(wrong).rejects.toThrow(notLetIn);
    await expect(wrong).rejects.not.toThrow('hidden');
  });

  it('by a token', async () => {
    const servers = await nats('authorization { token: secret }');
    expect(await use(servers, { credentials: { token: 'secret' } })).toBe(2);
    await expect(use(servers, { credentials: { token: 'no' } })).rejects.toThrow(notLetIn);
  });

  it('by an nkey', async () => {
    const seed = nkeys.createUser();
    const servers = await nats(`authorization { users: [ { nkey: ${seed.getPublicKey()} } ] }`);
    const text = (pair: typeof seed): string => new TextDecoder().decode(pair.getSeed());
    expect(await use(servers, { credentials: { nkey: text(seed) } })).toBe(2);
    const another = text(nkeys.createUser());
    await expect(use(servers, { credentials: { nkey: another } })).rejects.toThrow(notLetIn);
  });

  it('by the .creds file of a user whose account an operator has signed', async () => {
    const { configuration, creds } = jwtAccess();
    const servers = await nats(configuration);
    expect(await use(servers, { credentials: { creds } })).toBe(2);
    await expect(use(servers, { credentials: { creds: 'nonsense' } })).rejects.toThrow(
      "The credentials of the queue q are no .creds file: give one as the server's operator made it, with its JWT and its seed",
    );
    const foreign = jwtAccess().creds;
    await expect(use(servers, { credentials: { creds: foreign } })).rejects.toThrow(notLetIn);
  });

  it('over TLS, by a certificate that both sides trust', async () => {
    const ca = authority('ours');
    const { path } = await temporaryFolder();
    const file = async (name: string, text: string): Promise<string> => {
      await writeFile(join(path, name), text);
      return join(path, name);
    };
    const server = selfSigned({ hosts: ['localhost'], issuer: ca });
    const client = selfSigned({ name: 'worker', issuer: ca });
    const stranger = selfSigned({ name: 'stranger' });
    const files = {
      ca: await file('ca.pem', ca.cert),
      cert: await file('server.pem', server.cert),
      key: await file('server.key', server.key),
    };
    const url = await nats(
      `tls { cert_file: "${files.cert}", key_file: "${files.key}", ca_file: "${files.ca}", verify: true }`,
    );
    const servers = url.replace('127.0.0.1', 'localhost');
    expect(await use(servers, { tls: { ca: ca.cert, cert: client.cert, key: client.key } })).toBe(2);
    const certFile = await file('client.pem', client.cert);
    const keyFile = await file('client.key', client.key);
    expect(await use(servers, { tls: { caFile: files.ca, certFile, keyFile } })).toBe(2);

    const unknown = { ca: ca.cert, cert: stranger.cert, key: stranger.key };
    const refusals = [{ ca: ca.cert }, unknown].map((tls) => use(servers, { tls }).catch(String));
    for (const refusal of await Promise.all(refusals)) {
      expect(refusal).toMatch(/Cannot reach the NATS server of the queue q .*with which certificate/);
    }
    await expect(use(servers)).rejects.toThrow(/^Cannot reach .*certificate/);
    await expect(use(servers, { tls: { caFile: join(path, 'none.pem') } })).rejects.toThrow(
      /^Cannot reach .*none\.pem/,
    );
  });

  it('to what is under its prefix, and to nothing else', async () => {
    const may = '[ "ours.>", "$JS.API.>", "$JS.ACK.>", "_INBOX.>" ]';
    const servers = await nats(
      `authorization { users: [ { user: me, password: x, permissions: { publish: ${may}, subscribe: ${may} } } ] }`,
    );
    const credentials = { user: 'me', password: 'x' };
    expect(await use(servers, { credentials, prefix: 'ours' })).toBe(2);
    await expect(jetstreamQueue('theirs', { servers, credentials })).rejects.toThrow(
      /Cannot make the queue theirs at \S+: Permissions Violation for Publish to "sluice\.theirs\.state\.settings"/,
    );
  });

  it('and told what it may not do, where no answer says so', async () => {
    const servers = await nats(
      'authorization { users: [ { user: me, password: x, permissions: { publish: { deny: "$JS.API.CONSUMER.MSG.NEXT.>" } } } ] }',
    );
    await expect(use(servers, { credentials: { user: 'me', password: 'x' } })).rejects.toThrow(
      /Cannot lease from the queue q .*no answer for 2 s \(Permissions Violation for Publish to "\$JS\.API\.CONSUMER/,
    );
  });
});
