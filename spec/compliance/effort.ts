/** How many random cases a property is tried with; FC_RUNS=2000 for a long night. */
export const numRuns = Number(process.env['FC_RUNS'] ?? 60);

/** For what takes long on a busy machine, in ms: nothing is expected of the time. */
export const timeLimit = 120_000;
