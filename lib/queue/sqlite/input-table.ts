import { deathsAlone, deathsOfSuspect } from '../poison.js';
import type { QueueWorker } from '../request-queue.js';
import type { StoredRequest } from '../stored-request.js';
import type { SqlDatabase, SqlRow, SqlStatement } from './driver.js';
import { hasEnded, processMark } from './process-mark.js';
import { state } from './schema.js';

/** An input as a worker gets it. */
export interface InputRow {
  readonly idx: number;
  readonly key: string;
  readonly request: string;
  readonly deaths: number;
}

/** The inputs and who holds them: SQL, and nothing of time or promises. Each call belongs into a transaction. */
export class InputTable {
  /** This process, among those that hold leases. */
  private readonly holder: number;
  private readonly statements: Readonly<Record<keyof typeof sql, SqlStatement>>;

  constructor(database: SqlDatabase) {
    this.statements = Object.fromEntries(
      Object.entries(sql).map(([name, text]) => [name, database.prepare(text)]),
    ) as Record<keyof typeof sql, SqlStatement>;
    this.holder = Number(this.statements.enrol.get(processMark())?.['id']);
  }

  /** This process takes inputs: from now on it is a worker. */
  begin(now: number): void {
    this.statements.begin.run(now, this.holder);
  }

  /** It has stored a record. */
  count(): void {
    this.statements.stored.run(this.holder);
  }

  /** Those who work and live. */
  workers(): readonly QueueWorker[] {
    return this.statements.reports.all().flatMap(({ id, process: mark, since, stored, held }) => {
      const [host = '', pid = ''] = String(mark).split(' ');
      const worker = { held: Number(held), stored: Number(stored), since: Number(since) };
      return hasEnded(String(mark)) ? [] : [{ id: String(id), process: `${host} ${pid}`, ...worker }];
    });
  }

  /** @returns how many were new */
  add(requests: readonly StoredRequest[]): number {
    const first = Number(this.statements.size.get()?.['size']);
    let next = first;
    for (const { key, text } of requests) next += this.statements.insert.run(next, key, text);
    return next - first;
  }

  /** Takes what may be handed out: up to `most` inputs, or one suspect where there is nothing else. */
  claim(most: number, now: number, until: number): readonly InputRow[] {
    let rows = this.statements.queued.all(state.queued, now, most);
    if (rows.length === 0) rows = this.statements.queued.all(state.suspect, now, 1);
    const inputs = rows.map(inputOf);
    for (const { idx } of inputs) this.statements.lease.run(until, this.holder, idx);
    return inputs;
  }

  /** Takes back what dead processes held, and what was not kept up. @returns those that are poison */
  recover(now: number): readonly InputRow[] {
    for (const worker of this.statements.workers.all(this.holder)) {
      if (!hasEnded(String(worker['process']))) continue;
      this.statements.orphan.run(worker['id'] ?? 0);
      this.statements.dismiss.run(worker['id'] ?? 0);
    }
    this.statements.recover.run(deathsOfSuspect, now);
    return this.statements.poison.all(deathsOfSuspect + deathsAlone).map(inputOf);
  }

  extend(idx: number, until: number): void {
    this.statements.extend.run(until, idx, this.holder);
  }

  /** Gives an input back, if this process still holds it. */
  release(idx: number, due: number): void {
    this.statements.release.run(deathsOfSuspect, due, idx, this.holder);
  }

  finish(idx: number): void {
    this.statements.finish.run(idx);
  }

  /** Gives back all that this process holds, which was no death, and signs off. */
  leave(): void {
    this.statements.releaseAll.run(deathsOfSuspect, this.holder);
    this.statements.dismiss.run(this.holder);
  }

  /** How many have no record, by state; and how many there are. */
  counts(): { readonly size: number; readonly queued: number; readonly leased: number } {
    const of = (which: number): number => Number(this.statements.count.get(which)?.['count']);
    const queued = of(state.queued) + of(state.suspect);
    return { size: Number(this.statements.size.get()?.['size']), queued, leased: of(state.leased) };
  }

  /** When the next input may be handed out, or the next lease runs out, in ms since 1970. */
  nextDue(): number | undefined {
    // one after another: over several states SQLite would look through all of the index
    const dues = [state.suspect, state.queued, state.leased].flatMap((which) => {
      const due = this.statements.nextDue.get(which)?.['due'];
      return typeof due === 'number' ? [due] : [];
    });
    return dues.length === 0 ? undefined : Math.min(...dues);
  }
}

/** `AND state < 2` looks idle: without it SQLite cannot know that the index of open inputs holds all that is asked for. */
const sql = {
  enrol: 'INSERT INTO workers (process) VALUES (?) RETURNING id',
  workers: 'SELECT id, process FROM workers WHERE id <> ?',
  begin: 'UPDATE workers SET since = ? WHERE id = ? AND since IS NULL',
  stored: 'UPDATE workers SET stored = stored + 1 WHERE id = ?',
  reports: `SELECT id, process, since, stored, (SELECT count(*) FROM inputs WHERE holder = workers.id AND
              state = ${state.leased} AND state < 2) AS held FROM workers WHERE since IS NOT NULL ORDER BY id`,
  dismiss: 'DELETE FROM workers WHERE id = ?',
  size: 'SELECT coalesce(max(idx) + 1, 0) AS size FROM inputs', // inputs are never deleted
  insert: 'INSERT INTO inputs (idx, key, request) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING',
  queued:
    'SELECT idx, key, request, deaths FROM inputs WHERE state = ? AND state < 2 AND due <= ? ORDER BY due, idx LIMIT ?',
  lease: `UPDATE inputs SET state = ${state.leased}, due = ?, holder = ? WHERE idx = ?`,
  orphan: `UPDATE inputs SET due = 0 WHERE holder = ? AND state = ${state.leased} AND state < 2`,
  recover: `UPDATE inputs SET state = iif(deaths + 1 >= ?, ${state.suspect}, ${state.queued}), deaths = deaths + 1, due = 0,
              holder = NULL WHERE state = ${state.leased} AND state < 2 AND due <= ?`,
  poison: `SELECT idx, key, request, deaths FROM inputs WHERE state = ${state.suspect} AND state < 2 AND deaths >= ?`,
  extend: `UPDATE inputs SET due = ? WHERE idx = ? AND holder = ? AND state = ${state.leased}`,
  release: `UPDATE inputs SET state = iif(deaths >= ?, ${state.suspect}, ${state.queued}), due = ?, holder = NULL
              WHERE idx = ? AND holder = ? AND state = ${state.leased}`,
  releaseAll: `UPDATE inputs SET state = iif(deaths >= ?, ${state.suspect}, ${state.queued}), due = 0, holder = NULL
                 WHERE holder = ? AND state = ${state.leased} AND state < 2`,
  finish: `UPDATE inputs SET state = ${state.done}, holder = NULL WHERE idx = ?`,
  count: 'SELECT count(*) AS count FROM inputs WHERE state = ? AND state < 2',
  nextDue: 'SELECT due FROM inputs WHERE state = ? AND state < 2 ORDER BY due LIMIT 1',
} as const;

function inputOf(row: SqlRow): InputRow {
  const { idx, key, request, deaths } = row;
  return { idx: Number(idx), key: String(key), request: String(request), deaths: Number(deaths) };
}
