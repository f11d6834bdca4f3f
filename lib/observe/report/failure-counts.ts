import type { FailureKind } from '../../model/fetch-error.js';
import { shownUrl } from '../../model/target.js';
import type { Outcome, RecordError } from './record-line.js';
import type { FailureGroup, FailureRow, RunSnapshot } from './run-snapshot.js';

/** What a snapshot has of failures. */
export type FailureParts = Pick<RunSnapshot, 'failures' | 'failureGroups' | 'otherFailures'>;

type Tally<R extends FailureRow> = Omit<R, 'count'> & { count: number };

/** Groups that are counted apart: a code is a foreign word, and there may be any number of them. */
const mostCounted = 200;
/** Groups of a snapshot. */
const mostShown = 12;

/** Counts failures by kind, and by what else tells them apart. */
export class FailureCounts {
  private readonly byKind = new Map<FailureKind, Tally<FailureRow>>();
  private readonly groups = new Map<string, Tally<FailureGroup>>();
  private total = 0;

  add({ error = { kind: 'unknown', message: '' }, request }: Outcome): void {
    this.total++;
    const { kind, message } = error;
    const first = (): Tally<FailureRow> => ({ kind, count: 1, url: shownUrl(request.url), message });
    const row = this.byKind.get(kind);
    if (row) row.count++;
    else this.byKind.set(kind, first());
    const marks = marksOf(error);
    const key = JSON.stringify([kind, marks]);
    const group = this.groups.get(key);
    if (group) group.count++;
    else if (this.groups.size < mostCounted) this.groups.set(key, { ...first(), ...marks });
  }

  snapshot(): FailureParts {
    const groups = [...this.groups.values()].map((group) => ({ ...group }));
    const failureGroups = groups.sort(byCount).slice(0, mostShown);
    const otherFailures = failureGroups.reduce((left, { count }) => left - count, this.total);
    return {
      failures: [...this.byKind.values()].map((row) => ({ ...row })).sort(byCount),
      failureGroups,
      ...(otherFailures > 0 && { otherFailures }),
    };
  }
}

/** What tells a failure apart from others of its kind. */
function marksOf({
  kind,
  status,
  code,
  phase,
}: RecordError): Pick<FailureGroup, 'status' | 'code' | 'phase'> {
  const hasPhase = phase !== undefined && (kind === 'timeout' || kind === 'blocked');
  return {
    ...(status !== undefined && { status }),
    ...(code !== undefined && { code }),
    ...(hasPhase && { phase }),
  };
}

function byCount(a: FailureRow, b: FailureRow): number {
  return b.count - a.count;
}
