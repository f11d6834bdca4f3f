/** What has been pulled, and what became of it. */
export class Tally {
  pulled = 0;
  records = 0;
  /** Pulled, and given up by those who unsubscribed. */
  cutOff = 0;
  unhandled = 0;
  runs = 0;
  /** How many pipelines ended in each way. */
  ends = { completed: 0, unsubscribed: 0, aborted: 0, drained: 0, closed: 0 };
  /** Records by their kind of failure, or `page`. */
  kinds = {};
  /** Records that should be of another kind, and pipelines with another number of records than inputs. */
  wrong = 0;
  complaints = [];

  constructor() {
    const count = (error) => {
      this.unhandled++;
      this.complain(`unhandled: ${error?.stack ?? error}`);
    };
    process.on('unhandledRejection', count);
    process.on('uncaughtExceptionMonitor', count); // ends the process all the same
  }

  /** Of one pipeline. */
  run() {
    this.runs++;
    return new Run(this);
  }

  found(what) {
    this.wrong++;
    this.complain(what);
  }

  complain(what) {
    if (this.complaints.length < 20) this.complaints.push(what);
  }
}

/** The inputs and records of one pipeline. */
class Run {
  pulled = 0;
  records = 0;

  constructor(tally) {
    this.tally = tally;
  }

  /** Hands on inputs, and counts those that are asked for. */
  *inputs(inputs) {
    for (const input of inputs) {
      this.pulled++;
      this.tally.pulled++;
      yield input;
    }
  }

  record(record) {
    const { tally } = this;
    this.records++;
    tally.records++;
    const kind = record.ok ? 'page' : record.error.kind;
    tally.kinds[kind] = (tally.kinds[kind] ?? 0) + 1;
    const { due = ['page'], name = record.request.url } = record.request.context ?? {};
    if (!due.includes(kind)) tally.found(`${name}: ${kind} (${record.ok ? '' : record.error.message})`);
  }

  /** All that was pulled has come out; `how` it ended is counted. */
  ended(how) {
    this.tally.ends[how]++;
    if (how === 'unsubscribed') this.tally.cutOff += this.pulled - this.records;
    else if (this.pulled !== this.records) {
      this.tally.found(`${how}: ${this.pulled} pulled, ${this.records} records`);
    }
  }
}
