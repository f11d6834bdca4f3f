import { isObservable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { options, optionKeys } from '../../lib/cli/options/table.js';
import { selfSigned } from '../support/certificate.js';
import { parsed, planned, refused } from './parsed.js';

describe('a run', () => {
  it('without options is what the library does by itself, and says who asks', async () => {
    expect(await parsed(['http://a.example/', 'http://b.example/'])).toEqual({
      verb: 'run',
      reads: [],
      plan: {
        inputs: { urls: ['http://a.example/', 'http://b.example/'], files: [] },
        request: { headers: { 'user-agent': 'sluice/1.2.3' } },
        fetch: {},
        files: {},
        body: 'none',
        talk: { level: 'normal', color: false, json: false },
      },
    });
  });

  it('hands each option to the library in its own units', async () => {
    const { fetch } = await planned([
      ...['-c', '32', '--per-host', '2', '--delay', '250', '--rate', '5/s', '-t', '5s', '--deadline', '2m'],
      ...['--retries', '4', '--max-body', '1MB', '--max-redirects', '0', '--private-addresses', 'block'],
    ]);
    expect(fetch).toEqual({
      concurrency: 32,
      perHost: { concurrency: 2, delay: 250 },
      rate: { limit: 5, per: 1_000 },
      timeout: { attempt: 5_000, total: 120_000 },
      retry: 4,
      maxBodyBytes: 1_000_000,
      maxRedirects: 0,
      privateAddresses: 'block',
    });
  });

  it('says how long a server may ask to be waited for, whatever the number of retries', async () => {
    expect((await planned(['--max-retry-after', '5m'])).fetch.retry).toEqual({ maxRetryAfter: 300_000 });
    expect((await planned(['--max-retry-after', '5m', '--retries', '4'])).fetch.retry).toEqual({
      limit: 4,
      maxRetryAfter: 300_000,
    });
  });

  it('takes no retries for none, and auto for a concurrency that changes', async () => {
    expect((await planned(['--retries', '0'])).fetch.retry).toBe(false);
    const { concurrency } = (await planned(['-c', 'auto'])).fetch;
    expect(isObservable(concurrency)).toBe(true);
  });

  it('accepts the statuses that are listed', async () => {
    const { acceptStatus } = (await planned(['--accept-status', '200-204,404'])).fetch;
    expect([200, 204, 205, 404].map((status) => acceptStatus?.(status))).toEqual([true, true, false, true]);
  });

  it('knows its outputs, and that - is stdout', async () => {
    const files = ['-o', 'r.ndjson', '--csv', 'r.csv', '--report', 'r.html', '--marbles', 'r.svg'];
    expect((await planned([...files, '--warc', 'r.warc.gz'])).files).toEqual({
      output: 'r.ndjson',
      csv: 'r.csv',
      report: 'r.html',
      marbles: 'r.svg',
      warc: 'r.warc.gz',
    });
    expect((await planned(['-o', '-'])).files).toEqual({});
  });

  it('saves bodies by a sink', async () => {
    const { fetch, files } = await planned(['--save', 'pages']);
    expect(files).toEqual({ save: 'pages' });
    expect(fetch.sink).toBeTypeOf('function');
  });

  it('wraps each attempt into what robots.txt and cookies ask for', async () => {
    expect((await planned([])).fetch.interceptors).toBeUndefined();
    expect((await planned(['--robots'])).fetch.interceptors).toHaveLength(1);
    expect((await planned(['--robots', '--cookies'])).fetch.interceptors).toHaveLength(2);
  });

  it('stops at a share of failures, or at the first', async () => {
    expect((await planned(['--fail-over', '5%'])).failOver).toBe(0.05);
    expect((await planned(['--fail-fast'])).failOver).toBe(0);
  });

  it('takes options between URLs, in one word, after =, and nothing behind --', async () => {
    const command = await parsed(['http://a/', '-c8', 'http://b/', '--retries=1', '--', '-x']);
    expect(command).toMatchObject({
      plan: { inputs: { urls: ['http://a/', 'http://b/', '-x'] }, fetch: { concurrency: 8, retry: 1 } },
    });
  });

  it('takes the last of an option that is given twice', async () => {
    expect((await planned(['-c', '1', '-c', '2'])).fetch.concurrency).toBe(2);
  });

  it('may be called by its name', async () => {
    expect(await parsed(['run', 'http://a/'])).toMatchObject({
      verb: 'run',
      plan: { inputs: { urls: ['http://a/'] } },
    });
  });
});

describe('inputs', () => {
  it('are files in their order, and - wherever it stands', async () => {
    const command = await parsed(['-i', 'a.txt', 'http://a/', '--input=b.txt', '-']);
    expect(command).toMatchObject({
      plan: { inputs: { urls: ['http://a/'], files: ['a.txt', 'b.txt', '-'] } },
    });
  });

  it('are stdin when there are none, unless somebody sits there', async () => {
    const piped = await parsed(['-c', '4'], { isInputTerminal: false });
    expect(piped).toMatchObject({ verb: 'run', plan: { inputs: { urls: [], files: ['-'] } } });
    expect(await parsed([], { isInputTerminal: true })).toEqual({ verb: 'usage' });
  });

  it('may have stdin once', async () => {
    expect(await refused(['-', '-i', '-'])).toBe(
      '--input - is there twice, and stdin can be read once: leave one out',
    );
  });
});

describe('a request', () => {
  it('has the headers that are given, repeated ones in one', async () => {
    const { request } = await planned([
      ...['--header', 'Accept: text/html', '--header', 'accept: text/plain'],
      ...['--header', 'Cookie: a=1', '--header', 'Cookie: b=2', '--user-agent', 'Bot/2'],
    ]);
    expect(request).toEqual({
      headers: { 'user-agent': 'Bot/2', accept: 'text/html, text/plain', cookie: 'a=1; b=2' },
    });
  });

  it('says who asks, and where that is explained, unless a header does', async () => {
    const homepage = 'https://example.org/sluice';
    expect((await planned([], { homepage })).request.headers).toEqual({
      'user-agent': 'sluice/1.2.3 (+https://example.org/sluice)',
    });
    expect((await planned(['--header', 'User-Agent: Me/1'])).request.headers).toEqual({
      'user-agent': 'Me/1',
    });
    expect(await refused(['--header', 'user-agent: a', '--user-agent', 'b'])).toBe(
      '--user-agent and a User-Agent in --header say the same twice: leave one of them out',
    );
  });

  it('is a POST with data, unless it is said to be another', async () => {
    expect((await planned(['--data', 'a=1'])).request).toMatchObject({ method: 'POST', body: 'a=1' });
    expect((await planned(['--data', 'a=1', '--method', 'put'])).request).toMatchObject({
      method: 'PUT',
      body: 'a=1',
    });
    expect((await planned(['--method', 'head'])).request).toMatchObject({ method: 'HEAD' });
  });

  it('has the bytes of a file behind @, and says when there is none', async () => {
    const bytes = Uint8Array.of(0, 255, 10);
    const { request } = await planned(['--data', '@body.bin'], { files: { 'body.bin': bytes } });
    expect(Buffer.from(request.body ?? '')).toEqual(Buffer.from(bytes));
    expect(await parsed(['http://a/', '--data', '@b'], { files: { b: '' } })).toMatchObject({ reads: ['b'] });
    expect(await refused(['http://a/', '--data', '@none'])).toBe(
      '--data cannot read "none": there is none of that name: check the path',
    );
    expect(await refused(['http://a/', '--data', '@-'])).toBe(
      '--data expects a text or @FILE, got "@-": write the name of a file behind the @',
    );
  });
});

describe('connections', () => {
  it('need a transport of their own for HTTP/2, a CA or a proxy, which then has the private addresses', async () => {
    const { cert } = selfSigned();
    for (const argv of [['--http2'], ['--cacert', 'ca.pem'], ['--proxy', 'http://p:1', '--proxy-filters']]) {
      const { fetch } = await planned([...argv, '--private-addresses', 'block'], {
        files: { 'ca.pem': cert },
      });
      expect(fetch.transport, argv.join(' ')).toBeTypeOf('function');
      expect(fetch).not.toHaveProperty('privateAddresses');
    }
  });

  it('through a proxy cannot be kept from private addresses, which has to be said', async () => {
    expect(await refused(['http://a/', '--proxy', 'http://p:1'])).toBe(
      '--proxy looks names up itself, so --private-addresses direct cannot be kept from here: add --proxy-filters ' +
        'if the proxy refuses private addresses, or --private-addresses allow if it need not',
    );
    expect(await refused(['http://a/', '--proxy', 'http://p:1', '--private-addresses', 'block'])).toContain(
      '--private-addresses block cannot be kept',
    );
    const { fetch } = await planned(['--proxy', 'http://p:1', '--private-addresses', 'allow']);
    expect(fetch.transport).toBeTypeOf('function');
  });

  it('go through the proxy that the environment names, if it names one', async () => {
    expect((await planned(['--proxy', 'env'])).fetch).toEqual({});
    const env = { https_proxy: 'http://p:1' };
    expect(await refused(['http://a/', '--proxy', 'env'], { env })).toContain('add --proxy-filters');
    const allowed = await planned(['--proxy', 'env', '--private-addresses', 'allow'], { env });
    expect(allowed.fetch.transport).toBeTypeOf('function');
  });

  it('have a proxy for what --proxy-filters is about', async () => {
    expect(await refused(['http://a/', '--proxy-filters'])).toBe(
      '--proxy-filters is about a proxy and there is none: add --proxy URL or leave it out',
    );
  });

  it('trust no file that holds no certificate', async () => {
    const files = {
      'ca.pem': 'hello',
      'bad.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----',
    };
    expect(await refused(['http://a/', '--cacert', 'ca.pem'], { files })).toBe(
      '--cacert expects certificates as PEM and finds none in "ca.pem": convert them with openssl x509',
    );
    expect(await refused(['http://a/', '--cacert', 'bad.pem'], { files })).toMatch(
      /^--cacert has a certificate in "bad\.pem" that cannot be read: /,
    );
    expect(await refused(['http://a/', '--cacert', 'no.pem'], { files })).toBe(
      '--cacert cannot read "no.pem": there is none of that name: check the path',
    );
  });
});

describe('messages', () => {
  it('are as loud as is asked for', async () => {
    expect((await planned(['--quiet'])).talk.level).toBe('quiet');
    expect((await planned(['-v'])).talk.level).toBe('verbose');
    expect((await planned(['--json-log'])).talk.json).toBe(true);
  });

  it.each<[string, string[], boolean, Record<string, string>, boolean]>([
    ['on a terminal', [], true, {}, true],
    ['elsewhere', [], false, {}, false],
    ['with --no-color', ['--no-color'], true, { FORCE_COLOR: '1' }, false],
    ['with NO_COLOR', [], true, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR', [], true, { NO_COLOR: '' }, true],
    ['with FORCE_COLOR', [], false, { FORCE_COLOR: '1' }, true],
    ['with FORCE_COLOR and NO_COLOR', [], false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
    ['with FORCE_COLOR=0', [], true, { FORCE_COLOR: '0' }, false],
    ['on a dumb terminal', [], true, { TERM: 'dumb' }, false],
    ['as JSON', ['--json-log'], true, {}, false],
  ])('have colours %s: %j', async (_, argv, isErrorTerminal, env, color) => {
    expect((await planned(argv, { isErrorTerminal, env })).talk.color).toBe(color);
  });
});

describe('other verbs', () => {
  it('explain what a run has written', async () => {
    expect(await parsed(['explain', 'a.ndjson', '-', '--report', 'r.html', '-q'])).toEqual({
      verb: 'explain',
      plan: {
        inputs: ['a.ndjson', '-'],
        files: { report: 'r.html' },
        talk: { level: 'quiet', color: false, json: false },
      },
    });
    expect(await refused(['explain'])).toMatch(/^sluice explain expects a file of records, got none: /);
    expect(await refused(['explain', 'a', '--concurrency', '4'])).toBe(
      'There is no option "--concurrency": sluice explain --help lists them',
    );
  });

  it('show the demo', async () => {
    expect(await parsed(['demo', 'http://a/'])).toEqual({
      verb: 'demo',
      plan: { urls: ['http://a/'], talk: { level: 'normal', color: false, json: false } },
    });
  });

  it('print something and do nothing', async () => {
    expect(await parsed(['--version'])).toEqual({ verb: 'version' });
    expect(await parsed(['http://a/', '-h'])).toEqual({ verb: 'help', of: 'run' });
    expect(await parsed(['explain', '--help'])).toEqual({ verb: 'help', of: 'explain' });
    expect(await parsed(['--completion', 'fish'])).toEqual({ verb: 'completion', shell: 'fish' });
  });

  it('are guessed at, where a word is no URL', async () => {
    expect(await refused(['explian', 'a.ndjson'])).toBe(
      'There is no verb "explian": did you mean sluice explain? A URL begins with http:// or https://',
    );
    expect(await parsed(['localhost'])).toMatchObject({ verb: 'run' }); // becomes an invalid record
  });
});

describe('what stands in the wrong place', () => {
  const files = { '300.txt': 'http://a/\n', 'my urls.txt': '' };

  it.each([
    [['300.txt'], '"300.txt" is a file and no URL: did you mean -i 300.txt?'],
    [['http://a/', 'my urls.txt'], '"my urls.txt" is a file and no URL: did you mean -i "my urls.txt"?'],
    [['run', '300.txt', '-o', 'r'], '"300.txt" is a file and no URL: did you mean -i 300.txt?'],
    [['-i', 'https://a/b'], '--input expects a file, and "https://a/b" is a URL: leave --input out'],
    [['help'], 'There is no verb "help": did you mean sluice --help?'],
    [['version'], 'There is no verb "version": did you mean sluice --version?'],
  ])('is said of %j', async (argv, sentence) => {
    expect(await refused(argv, { files })).toBe(sentence);
  });

  it('is said in the words of the configuration file, too', async () => {
    const config = { 'c.json': '{"input": "http://a/"}' };
    expect(await refused(['--config', 'c.json'], { files: config })).toBe(
      '"input" in c.json expects a file, and "http://a/" is a URL: leave "input" in c.json out',
    );
  });

  it('is not what a file that is meant is', async () => {
    expect(await parsed(['-i', '300.txt', 'http://a/', '400.txt'], { files })).toMatchObject({
      plan: { inputs: { urls: ['http://a/', '400.txt'], files: ['300.txt'] } },
    });
  });
});

describe('wrong usage', () => {
  it.each([
    [['--concurency', '4'], 'There is no option "--concurency": did you mean --concurrency (-c)?'],
    [['--concurency=4'], 'There is no option "--concurency": did you mean --concurrency (-c)?'],
    [['--timout', '4s'], 'There is no option "--timout": did you mean --timeout (-t)?'],
    [['--perhost', '4'], 'There is no option "--perhost": did you mean --per-host?'],
    [['-H', 'A: b'], 'There is no option "-H": did you mean --header?'],
    [['-X', 'PUT'], 'There is no option "-X": did you mean --method?'],
    [['--parallel-max', '64'], 'There is no option "--parallel-max": did you mean --concurrency (-c)?'],
    [['--max-time', '5'], 'There is no option "--max-time": did you mean --deadline?'],
    [['--conc', '4'], 'There is no option "--conc": did you mean --concurrency (-c)?'],
    [['--fail-o=5%'], 'There is no option "--fail-o": did you mean --fail-over?'],
    [['--u', 'x'], 'There is no option "--u": did you mean --user-agent?'],
    [['-k'], 'There is no option "-k": sluice --help lists them'],
    [['-qz'], 'There is no option "-z": sluice --help lists them'],
    [['-y'], 'There is no option "-y": sluice --help lists them'],
    [['--zzzzzzzzzzzzzzzzzzzz'], 'There is no option "--zzzzzzzzzzzzzzzzzzzz": sluice --help lists them'],
    [
      ['--queue=f'],
      '--queue is not for sluice run, but for sluice enqueue, sluice work, sluice status, sluice collect, sluice purge: leave it out',
    ],
    [['-o'], '--output expects a value, got the end of the command line: write one behind it'],
    [
      ['-o', '--csv', 'x'],
      '--output expects a value, got the option "--csv": write one behind it, or --output=--csv if that is meant',
    ],
    [['--robots=yes'], '--robots is a flag and takes no value, got "yes": write --robots'],
    [['-t', '5'], '--timeout expects a time such as 500ms, 5s, 2m or 1h, got "5": add its unit, 5s or 5ms'],
    [['-c', '0'], '--concurrency expects an integer from 1 up, or auto, got "0"'],
    [['-o', ''], '--output expects some text, got ""'],
    [['--quiet', '--verbose'], '--quiet and --verbose contradict each other: leave one of them out'],
    [
      ['--fail-fast', '--fail-over', '5%'],
      '--fail-fast and --fail-over contradict each other: leave one of them out',
    ],
    [
      ['--save', 'd', '--body', 'text'],
      '--save writes bodies to files and leaves none for --body text: leave one of them out',
    ],
    [
      ['--timeout', '30s', '--deadline', '5s'],
      '--timeout is longer than --deadline, which ends each attempt before it: make it shorter or leave it out',
    ],
    [['--csv', '-'], '--csv - and the records both want stdout: give the records a file with -o FILE'],
    [
      ['-o', '-', '--csv', '-'],
      '--csv - and the records both want stdout: give the records a file with -o FILE',
    ],
    [['--warc', 'a.warc'], '--warc expects a file whose name ends in .warc.gz, got "a.warc"'],
    [
      ['--robots', '--user-agent', '(anonymous)'],
      '--robots looks rules up by the name of the user agent, got "(anonymous)": begin it with a name such as ExampleBot/1.0',
    ],
  ])('%j', async (argv, sentence) => {
    expect(await refused(['http://a/', ...argv])).toBe(sentence);
  });

  it('takes a deadline that is shorter than the time of an attempt where only one of them is meant now', async () => {
    const files = {
      'sluice.json': '{"timeout": "30s"}',
      'both.json': '{"timeout": "30s", "deadline": "5s"}',
    };
    const { fetch } = await planned(['--config', 'sluice.json', '--deadline', '5s'], { files });
    expect(fetch.timeout).toEqual({ attempt: 30_000, total: 5_000 });
    expect((await planned(['-t', '5s', '--deadline', '5s'])).fetch.timeout).toEqual({
      attempt: 5_000,
      total: 5_000,
    });
    expect(await refused(['http://a/', '--config', 'both.json'], { files })).toBe(
      '"timeout" in both.json is longer than "deadline" in both.json, which ends each attempt before it: make it shorter or leave it out',
    );
  });

  it('lets a value look like an option where it is joined by =', async () => {
    expect((await planned(['--output=--csv'])).files.output).toBe('--csv');
    expect((await planned(['--data', '-5'])).request.body).toBe('-5');
  });
});

describe('the table of options', () => {
  it('has no letter twice, and says each thing in a line', () => {
    const letters = optionKeys.flatMap((key) => ('short' in options[key] ? [options[key].short] : []));
    expect(new Set(letters).size).toBe(letters.length);
    for (const key of optionKeys) expect(options[key].says).toMatch(/^[^\n]{5,110}$/);
  });
});
