/** Times a day's work, and prints as the tale does. */
export async function day(number: number, work: () => Promise<unknown>): Promise<void> {
  console.log(`------ Running example ${number} ------`);
  const begun = performance.now();
  await work();
  console.log(`* Elapsed time: ${((performance.now() - begun) / 1000).toFixed(2)} seconds`);
}

/** How long an installation takes in ms: the program's argument, in seconds. */
export const installation = secondsGiven() * 1_000;

/** The program's argument; ends the program in a sentence where it is no time. @default 3 */
export function secondsGiven(): number {
  const seconds = Number(process.argv[2] ?? 3);
  if (seconds >= 0 && seconds < 1e6) return seconds;
  console.error(`Expected a number of seconds, such as 0.5, got ${JSON.stringify(process.argv[2])}`);
  process.exit(2);
}

export const customers: readonly string[] = Array.from({ length: 15 }, (_, n) => `Customer ${n}`);
