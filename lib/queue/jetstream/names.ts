/** What a queue is called on the servers: its streams, and their subjects. */
export class Names {
  readonly inputs: string;
  readonly records: string;
  readonly state: string;
  private readonly root: string;

  constructor(
    readonly queue: string,
    prefix: string,
  ) {
    this.inputs = `${queue}_inputs`;
    this.records = `${queue}_records`;
    this.state = `${queue}_state`;
    this.root = `${prefix}.${queue}`;
  }

  /** Of all inputs. */
  get allInputs(): string {
    return `${this.root}.input.>`;
  }
  /** Of all records. */
  get allRecords(): string {
    return `${this.root}.record.*`;
  }
  /** Of all that is known beside. */
  get allState(): string {
    return `${this.root}.state.>`;
  }
  /** How the queue was made. */
  get settings(): string {
    return `${this.root}.state.settings`;
  }
  /** Where workers say that they are there. Not stored. */
  get presence(): string {
    return `${this.root}.presence`;
  }
  /** Where workers are asked what they do. Not stored. */
  get report(): string {
    return `${this.root}.report`;
  }

  input(shard: number | string, token: string): string {
    return `${this.root}.input.${shard}.${token}`;
  }
  record(token: string): string {
    return `${this.root}.record.${token}`;
  }
  /** Says that the record of an input is a failure of a kind. */
  failure(kind: string, token: string): string {
    return `${this.root}.state.failure.${kind}.${token}`;
  }
  /** What is remembered of an input that was held before. */
  mark(token: string): string {
    return `${this.root}.state.mark.${token}`;
  }
  /** In which shard a key of the caller's is. */
  claim(token: string): string {
    return `${this.root}.state.claim.${token}`;
  }
  /** Whose a shard is. */
  owner(shard: number | '*'): string {
    return `${this.root}.state.owner.${shard}`;
  }
}

/** The consumer of a shard. */
export function shardConsumer(shard: number): string {
  return `shard_${shard}`;
}

/** A key as one token of a subject, where dots, stars and blanks have a meaning. */
export function tokenOf(key: string): string {
  return /^[\w-]+$/.test(key) ? key : `=${Buffer.from(key).toString('base64url')}`;
}

/** The key that has become a token. */
export function keyOfToken(token: string): string {
  return token.startsWith('=') ? Buffer.from(token.slice(1), 'base64url').toString() : token;
}

/** Spreads hosts over shards, the same way everywhere: FNV-1a. */
export function shardOf(host: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < host.length; at++) hash = Math.imul(hash ^ host.charCodeAt(at), 0x01000193);
  return ((hash ^ (hash >>> 15)) >>> 0) % shards;
}
