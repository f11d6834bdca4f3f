import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { describe, expect, it, onTestFinished } from 'vitest';
import { natsPath, startNats } from '../../support/nats.js';
import { closedPort } from '../../support/servers.js';
import { temporaryFolder } from '../../support/temporary-folder.js';
import { binary, plainEnv, sluice } from '../binary.js';
import { parsed, refused } from '../parsed.js';

const onNats = 'nats://localhost/pages';
const pem = { 'key.pem': 'a key', 'cert.pem': 'a certificate', 'me.creds': 'who I am' };

describe('wrong usage of a queue', () => {
  it.each([
    [['work'], 'sluice work expects --queue: sqlite:FILE, nats://HOST/NAME or tls://HOST/NAME'],
    [
      ['status', '--queue', 'pages.db'],
      '--queue expects sqlite:FILE, nats://HOST/NAME or tls://HOST/NAME, got "pages.db": write sqlite: before a file',
    ],
    [
      ['status', '--queue', 'redis://user:secret@host/1'],
      '--queue expects sqlite:FILE, nats://HOST/NAME or tls://HOST/NAME, and there is no queue of the kind "redis"',
    ],
    [['status', '--queue', 'sqlite:'], '--queue names no file: write sqlite:FILE, such as sqlite:pages.db'],
    [
      ['status', '--queue', 'nats://user:secret@host:4222'],
      '--queue names no queue: write its name behind the server, such as nats://host:4222/pages',
    ],
    [
      ['status', '--queue', 'tls://host/a.b'],
      '--queue has "a.b" for a name: it is letters, digits, - and _, such as tls://host/pages',
    ],
    [
      ['status', '--queue', 'nats:///pages'],
      '--queue has something else for a server: write nats://HOST:PORT/NAME, with commas between servers',
    ],
    [
      ['status', '--queue', 'nats://host:70000/pages'],
      '--queue has a port that is none: ports are 1 to 65535, and 4222 where none is given',
    ],
    [
      ['status', '--queue', 'nats://100%@host/pages'],
      '--queue has a % in its user or password that begins no character: write %25 for it',
    ],
    [
      ['status', '--queue', onNats, 'http://a/'],
      'sluice status takes no URLs, got "http://a/": they go into the queue by sluice enqueue',
    ],
    [
      ['enqueue', 'http://a/', '--queue', 'sqlite:f', '--shards', '4'],
      '--shards is for queues on NATS, and this one is a file: leave it out',
    ],
    [
      ['enqueue', 'http://a/', '--queue', onNats, '--shards', '2000'],
      '--shards expects an integer from 1 to 1024, got "2000"',
    ],
    [['enqueue', 'http://a/', '--queue', onNats, '--replicas', '2'], '--replicas expects 1, 3 or 5, got "2"'],
    [
      ['status', '--queue', 'sqlite:f', '--queue-prefix', 'ours'],
      '--queue-prefix is for queues on NATS, and this one is a file: leave it out',
    ],
    [
      ['collect', '--queue', onNats, '--queue-prefix', 'ours.'],
      '--queue-prefix expects words of letters, digits, - and _, with dots between them, got "ours."',
    ],
    [
      ['purge', '--queue', onNats, '--queue-domain', 'far.away'],
      '--queue-domain expects a word of letters, digits, - and _, got "far.away"',
    ],
    [
      ['work', '--queue', onNats, '--lease-time', '10ms'],
      '--lease-time expects a time of 1s to 24h, got "10ms"',
    ],
    [
      ['work', '--queue', onNats, '--creds', 'none'],
      '--creds cannot read "none": there is none of that name: check the path',
    ],
    [
      ['work', '--queue', 'nats://me@localhost/pages', '--creds', 'me.creds'],
      '--creds and the user in --queue both say who asks: leave one of them out',
    ],
    [
      ['work', '--queue', onNats, '--queue-key', 'key.pem'],
      '--queue-key is of no use alone: add --queue-cert',
    ],
    [
      ['work', '--queue', onNats, '--queue-ca', 'key.pem'],
      '--queue-ca expects certificates as PEM and finds none in "key.pem": convert them with openssl x509',
    ],
    [
      ['work', '--queue', onNats, '--method', 'HEAD'],
      '--method is not for sluice work, but for sluice run, sluice enqueue: leave it out',
    ],
    [
      ['work', '--queue', onNats, '--state', 'run.db'],
      '--state is not for sluice work, but for sluice run: leave it out',
    ],
    [
      ['status', '--queue', onNats, '--config', 'c.json'],
      '"per-host" in c.json is not for sluice status: leave it out',
    ],
  ])('is said of %j', async (argv, sentence) => {
    expect(await refused(argv, { files: { ...pem, 'c.json': '{"per-host": 2}' } })).toBe(sentence);
  });

  it.each([
    'nats://zed:p@s/s:w#%d@host/pages',
    'nats://zed:s/s@host/pages',
    'nats://zed:123/s@host/pages',
    'nats://zed:s?s@host:x/pages',
    'nats://zed:s/pages',
    'zed_1:s@host/pages',
    's@host/pages',
  ])('shows nothing of %s, which may be of a password', async (queue) => {
    const sentence = await refused(['status', '--queue', queue], { files: {} });
    expect(sentence).toMatch(/^--queue (has|expects) /);
    for (const part of ['zed', '123', 's/', 's@', '"', '%d']) expect(sentence).not.toContain(part);
  });

  it('says how special characters of a password are written', async () => {
    expect(await refused(['status', '--queue', 'nats://me:p@s/s:w#%d@host/pages'], { files: {} })).toBe(
      '--queue has an @ behind a /: write special characters of a user or password by their number: %2F for /, %40 for @, %3A for :, %23 for #, %25 for %',
    );
  });

  it('is exit code 2 and one sentence, where no server answers', async () => {
    const where = `127.0.0.1:${await closedPort()}`;
    for (const verb of ['enqueue', 'work', 'status', 'collect']) {
      const { code, stdout, stderr } = await sluice([verb, '--queue', `nats://me:secret@${where}/pages`]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toBe(
        `sluice: Cannot reach the NATS server of the queue pages at nats://${where}: connection refused. Look whether it runs there, and who is let in\n`,
      );
    }
  });

  it('names the packages that are missing', async () => {
    const { path } = await temporaryFolder();
    cpSync(dirname(binary), join(path, 'dist/cli'), { recursive: true });
    cpSync(new URL('../../../package.json', import.meta.url), join(path, 'package.json'));
    const argv = [join(path, 'dist/cli/main.js'), 'status', '--queue', 'nats://me:secret@127.0.0.1/pages'];
    const { stderr, status } = spawnSync(process.execPath, argv, { env: plainEnv(), encoding: 'utf8' });
    expect(stderr).toBe(
      'sluice: A queue on NATS needs two packages that are not installed: npm install @nats-io/jetstream @nats-io/transport-node\n',
    );
    expect(status).toBe(2);
  });
});

describe.skipIf(natsPath === undefined)('a NATS server that asks for a password', () => {
  it('lets in who has it, and the others hear of it without theirs', async () => {
    const server = await startNats('authorization { user: me, password: "p/w" }');
    onTestFinished(() => server.stop());
    const where = `127.0.0.1:${server.port}/pages`;
    const inside = await sluice(['enqueue', 'http://a/', '--queue', `nats://me:p%2Fw@${where}`]);
    expect(inside).toMatchObject({ code: 0 });
    expect(inside.stderr).toContain(`1 URL added to nats://${where} in`);
    const { code, stderr } = await sluice(['status', '--queue', `nats://me:wrong@${where}`]);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^sluice: The NATS server of the queue pages at \S+ does not let this client in: [^\n]+ that it knows\n$/,
    );
    expect(stderr).not.toContain('wrong');
  });
});

describe.skipIf(natsPath === undefined)('what is fixed when a queue on NATS is made', () => {
  it.each([
    ['--lease-time', '10s', '5500ms', '10s', '5500ms'],
    ['--shards', '4', '8', '4', '8'],
  ])('is %s, which whoever says otherwise is told', async (option, made, asked, then, now) => {
    const server = await startNats();
    onTestFinished(() => server.stop());
    const queue = `${server.url}/pages`;
    await sluice(['enqueue', 'http://a/', '--queue', queue, option, made]);
    expect(await sluice(['enqueue', 'http://a/', '--queue', queue, option, asked])).toEqual({
      code: 2,
      stdout: '',
      stderr: `sluice: The queue pages was made with ${option} ${then}, which is fixed from then on, and it is ${now} now: leave it out, or give another name\n`,
    });
  });
});

describe('where a queue is', () => {
  it.each([
    ['sqlite:a/b.db', { engine: 'sqlite', file: 'a/b.db', called: 'sqlite:a/b.db' }],
    ['sqlite:///a/b.db', { engine: 'sqlite', file: '/a/b.db' }],
    [onNats, { engine: 'jetstream', name: 'pages', options: { servers: ['nats://localhost'] } }],
    [
      'tls://m%C3%A9:p%2Fw@a:4222,b:4222,[::1]:4222/p-1',
      {
        name: 'p-1',
        called: 'tls://a:4222,b:4222,[::1]:4222/p-1',
        options: {
          servers: ['nats://a:4222', 'nats://b:4222', 'nats://[::1]:4222'],
          credentials: { user: 'mé', password: 'p/w' },
          tls: {},
        },
      },
    ],
    ['nats://token@a/p', { options: { credentials: { token: 'token' } } }],
  ])('is read of %s', async (text, queue) => {
    expect(await parsed(['status', '--queue', text])).toMatchObject({ verb: 'status', plan: { queue } });
  });

  it('takes its certificates and its credentials from files', async () => {
    const argv = [
      'work',
      '--queue',
      onNats,
      '--creds',
      'me.creds',
      '--queue-cert',
      'cert.pem',
      '--queue-key',
      'key.pem',
    ];
    const command = await parsed([...argv, '--lease-time', '5s'], { files: pem });
    expect(command).toMatchObject({
      verb: 'work',
      plan: {
        queue: {
          options: {
            credentials: { creds: 'who I am' },
            tls: { cert: 'a certificate', key: 'a key' },
            leaseTime: 5_000,
          },
        },
      },
    });
  });
});

describe('a queue that shares its servers', () => {
  it.each(['enqueue -', 'work', 'status', 'collect', 'purge'])('is found by %s', async (command) => {
    const argv = [...command.split(' '), '--queue', onNats];
    const access = ['--queue-prefix', 'ours.crawl', '--queue-domain', 'far'];
    const queue = { name: 'pages', options: { prefix: 'ours.crawl', domain: 'far' } };
    expect(await parsed([...argv, ...access])).toMatchObject({ plan: { queue } });
  });
});

describe('what is enqueued', () => {
  it('has the headers of the command line, and leaves it to the worker who asks', async () => {
    const argv = ['enqueue', '-', 'http://a/', '--queue', onNats, '--method', 'PUT', '--data', 'x'];
    expect(await parsed([...argv, '--header', 'A: b'])).toMatchObject({
      plan: {
        inputs: { urls: ['http://a/'], files: ['-'] },
        request: { method: 'PUT', headers: { a: 'b' }, body: 'x' },
      },
    });
    const bare = await parsed(['enqueue', 'http://a/', '--queue', onNats]);
    expect(bare).toMatchObject({ verb: 'enqueue', plan: { inputs: { files: [] }, request: {} } });
  });
});
