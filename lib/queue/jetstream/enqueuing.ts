import type { FetchInput, FetchRequest } from '../../model/request.js';
import { parseTarget } from '../../model/target.js';
import { invalidText, readRequest, storedRequest, type KeyOf } from '../stored-request.js';
import type { Connection, Publication } from './connection.js';
import { isFinal } from './failures.js';
import { identity } from './identity.js';
import { shardOf, tokenOf, type Names } from './names.js';

/** How inputs become messages. */
export interface InputRules<C> {
  readonly shards: number;
  readonly key: KeyOf<C> | undefined;
  readonly host: ((request: FetchRequest<C>) => string) | undefined;
}

/** How many messages are on their way at once. */
const window = 256;

/** Writes inputs into the stream, each key once, in their order. */
export class Enqueuing<C> {
  /** What this process sends a second time is known by it. */
  private readonly mine = identity();
  private sent = 0;

  constructor(
    private readonly connection: Connection,
    private readonly names: Names,
    private readonly rules: InputRules<C>,
  ) {}

  /** @returns how many were new */
  async add(inputs: readonly FetchInput<C>[]): Promise<number> {
    let added = 0;
    for (let at = 0; at < inputs.length; at += window) {
      const some = inputs.slice(at, at + window);
      const seqs = await this.publishAll(await Promise.all(some.map((input) => this.publicationOf(input))));
      added += seqs.filter((seq) => seq !== undefined).length;
    }
    return added;
  }

  private async publicationOf(input: FetchInput<C>): Promise<Publication> {
    const { maxPayload } = this.connection;
    const { key, text } = storedRequest(input, this.rules.key);
    const { request, invalid } = readRequest<C>(text);
    const size = Buffer.byteLength(text) + 1_024;
    let data = text;
    if (size > maxPayload) {
      const why = `This input cannot be kept in a queue: it takes ${size} bytes, and the NATS server takes messages of ${maxPayload} (its max_payload)`;
      data = invalidText(String(request.url).slice(0, 2_000), why);
    }
    const token = tokenOf(key);
    const wanted = shardOf(this.hostOf(request, invalid), this.rules.shards);
    const shard = this.rules.key ? await this.claim(token, wanted) : wanted;
    return {
      subject: this.names.input(shard, token),
      data,
      id: `${this.mine} ${this.sent++}`,
    };
  }

  /** Sends all, and what was not answered once more, in the same order: what is lost is the end of what was sent. */
  private async publishAll(publications: readonly Publication[]): Promise<(number | undefined)[]> {
    const { connection } = this;
    const seqs: (number | undefined)[] = [];
    let open = publications.map((publication, at) => ({ publication, at }));
    const giveUp = performance.now() + connection.patience;
    for (let wait = 100; open.length > 0; wait = Math.min(2 * wait, 2_000)) {
      const answers = await Promise.allSettled(
        open.map(async ({ publication, at }) => {
          seqs[at] = await connection.publishOnce(publication);
        }),
      );
      const reasons = answers.flatMap((answer) =>
        answer.status === 'rejected' ? [answer.reason as unknown] : [],
      );
      if (reasons.length === 0) break;
      if (reasons.some(isFinal) || performance.now() > giveUp) {
        throw connection.failure('store inputs in', reasons.find(isFinal) ?? reasons[0]);
      }
      open = open.filter((_, place) => answers[place]?.status === 'rejected');
      await connection.connected(wait);
    }
    return seqs;
  }

  /**
   * In which shard a key is: that of the first input which had it. Only inputs of one key that is the caller's own can
   * be of several hosts. Who dies between the claim and the input leaves a claim, and the next such input comes there.
   */
  private async claim(token: string, shard: number): Promise<number> {
    const { connection, names } = this;
    const subject = names.claim(token);
    const isMine = await connection.publish('store inputs in', { subject, data: String(shard), after: 0 });
    if (isMine !== undefined) return shard;
    const claim = await connection.ask('store inputs in', () =>
      connection.streams.streams.getMessage(names.state, { last_by_subj: subject }),
    );
    return Number(claim?.string() ?? shard);
  }

  private hostOf(request: FetchRequest<C>, invalid: string | undefined): string {
    if (invalid !== undefined) return '';
    try {
      return this.rules.host ? this.rules.host(request) : parseTarget(request.url).origin;
    } catch {
      return ''; // it will be a record of kind invalid
    }
  }
}
