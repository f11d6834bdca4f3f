/** Fewer records than these have no share of failures worth a name. */
const fewestRecords = 20;

/** Counts records, and says when too many of them have failed. */
export class FailOver {
  private records = 0;
  private failures = 0;

  /** @param share 0 to 1; 0 for the first failure; undefined for never */
  constructor(private readonly share: number | undefined) {}

  /** @returns why the run is to end, as a sentence; undefined: it goes on */
  add(ok: boolean): string | undefined {
    this.records++;
    if (!ok) this.failures++;
    const { share, records, failures } = this;
    if (share === undefined || failures === 0) return undefined;
    if (share === 0) return 'Stopped at the first failure';
    if (records < fewestRecords || failures / records <= share) return undefined;
    return `Stopped: ${failures} of ${records} records are failures, which is more than ${percent(share)}`;
  }
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))}%`;
}
