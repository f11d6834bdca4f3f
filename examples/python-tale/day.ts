/** Times a day's work, and prints as the tale does. */
export async function day(number: number, work: () => Promise<unknown>): Promise<void> {
  console.log(`------ Running example ${number} ------`);
  const begun = performance.now();
  await work();
  console.log(`* Elapsed time: ${((performance.now() - begun) / 1000).toFixed(2)} seconds`);
}

/** How long an installation takes in ms: the program's argument, in seconds. */
export const installation = Number(process.argv[2] ?? 3) * 1_000;

export const customers: readonly string[] = Array.from({ length: 15 }, (_, n) => `Customer ${n}`);
