import type { RecordLine } from '../record-line.js';
import { jsonText } from './json-text.js';
import type { Sample } from './report-data.js';
import { sampleOf } from './sample-of.js';

/** Bytes that all samples may take in the page. */
const most = 700_000;

/** The records that are shown by themselves, each of them once, as long as there is room. */
export class SampleList {
  readonly samples: Sample[] = [];
  leftOut = 0;
  private readonly places = new Map<RecordLine, number | undefined>();
  private bytes = 0;

  constructor(private readonly begin: number) {}

  /** Where the records are in the list. */
  placesOf(lines: readonly RecordLine[]): readonly number[] {
    return lines.map((line) => this.placeOf(line)).filter((place) => place !== undefined);
  }

  private placeOf(line: RecordLine): number | undefined {
    if (!this.places.has(line)) this.places.set(line, this.add(line));
    return this.places.get(line);
  }

  private add(line: RecordLine): number | undefined {
    const sample = sampleOf(line, this.begin);
    this.bytes += new TextEncoder().encode(jsonText(sample)).length;
    if (this.bytes > most) {
      this.leftOut++;
      return undefined;
    }
    return this.samples.push(sample) - 1;
  }
}
