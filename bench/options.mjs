import { parseArgs } from 'node:util';
import { contestants } from './races.mjs';

const races = ['pages', 'hosts', 'many', 'in flight', 'retries', 'scale'];

export const usage = `npm run bench -- [--quick] [--rounds N] [--only NAME]

  --quick       fewer URLs, one round: checks that everything runs
  --rounds N    rounds of each race, their median counts
  --only NAME   one contestant or one race
                contestants: ${Object.keys(contestants).join(', ')}
                races: ${races.join(', ')}

With --quick or --only, RESULTS.md stays as it is.`;

/** @throws Error with a sentence for the reader */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      quick: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      only: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1)) {
    throw new Error(`Expected --rounds to be an integer from 1 up, got ${values.rounds}`);
  }
  const names = [...Object.keys(contestants), ...races];
  if (values.only !== undefined && !names.includes(values.only)) {
    throw new Error(`Expected --only to be one of ${names.join(', ')}, got ${values.only}`);
  }
  return { ...values, rounds };
}
