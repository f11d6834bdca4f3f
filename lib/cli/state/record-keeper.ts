import type { SchedulerLike, Subscription } from 'rxjs';
import type { FetchResult } from '../../model/result.js';
import type { RecordLine } from '../../observe/report/record-line.js';
import { keptRecord } from '../../queue/stored-record.js';
import { storedRequest } from '../../queue/stored-request.js';
import { recordText } from '../record-text.js';
import type { RunPlan } from '../run-plan.js';
import { saveTrouble } from '../save-trouble.js';
import type { Watcher } from '../watcher.js';
import { secretHeaders } from './purpose.js';
import type { StateFile, StateRow } from './state-file.js';

/** Rows, and characters of them, that are worth a transaction. */
const mostRows = 500;
const mostText = 1024 * 1024;
/** How long a record waits for others, in ms: so much is fetched again after the process was killed. */
const patience = 100;

/** Stores the records of a run as they come, many to a transaction. */
export class RecordKeeper implements Watcher {
  private rows: StateRow[] = [];
  private size = 0;
  private timer: Subscription | undefined;

  /** @param failed is told of what cannot be stored while no record waits for it */
  constructor(
    private readonly file: StateFile,
    private readonly plan: Pick<RunPlan, 'files'>,
    private readonly scheduler: SchedulerLike,
    private readonly failed: (error: unknown) => void,
  ) {}

  record(line: RecordLine, result: FetchResult<unknown>): void {
    if (isToBeFetchedAgain(result, this.plan.files.save)) return;
    const text = recordText(line);
    const pages = this.plan.files.warc === undefined ? none : pageOf(result);
    this.rows.push({ index: line.index, line: text, ...pages });
    this.size += text.length + (pages.body?.length ?? 0);
    if (this.rows.length >= mostRows || this.size >= mostText) this.store();
    else this.timer ??= this.scheduler.schedule(() => this.storeLate(), patience);
  }

  end(): void {
    this.store();
  }

  private store(): void {
    this.timer?.unsubscribe();
    this.timer = undefined;
    const { rows } = this;
    if (rows.length === 0) return;
    this.rows = [];
    this.size = 0;
    this.file.add(rows);
  }

  private storeLate(): void {
    try {
      this.store();
    } catch (error) {
      this.failed(error);
    }
  }
}

const none = { request: undefined, page: undefined, body: undefined };

/** What a web archive needs that the line does not say. */
function pageOf(result: FetchResult<unknown>): Omit<StateRow, 'index' | 'line'> {
  const { text, body } = keptRecord(result).stored;
  const { headers = {}, ...request } = result.request;
  const kept = Object.entries(headers).filter(([name]) => !secretHeaders.has(name.toLowerCase()));
  return {
    request: storedRequest({ ...request, headers: Object.fromEntries(kept) }).text,
    page: text,
    body,
  };
}

/** What was cut off, or could not be kept as the folder of --save is broken, has yet to be done. */
function isToBeFetchedAgain(result: FetchResult<unknown>, folder: string | undefined): boolean {
  return !result.ok && (result.error.kind === 'cancelled' || saveTrouble(result, folder) !== undefined);
}
