import { parse, type Command } from '../../lib/cli/parse.js';
import type { RunPlan } from '../../lib/cli/run-plan.js';
import type { Surroundings } from '../../lib/cli/surroundings.js';
import { UsageError } from '../../lib/cli/usage-error.js';

/** What a test says about the surroundings: files by their names, and more. */
export interface World extends Partial<Omit<Surroundings, 'read' | 'isFile'>> {
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
}

/** Reads a command line in a made-up world. */
export function parsed(argv: readonly string[], { files = {}, ...more }: World = {}): Promise<Command> {
  const read = (file: string): Uint8Array => {
    const found = files[file];
    if (found === undefined) throw Object.assign(new Error(`no ${file}`), { code: 'ENOENT' });
    return Buffer.from(found);
  };
  return parse(argv, {
    env: {},
    isInputTerminal: true,
    isErrorTerminal: false,
    version: '1.2.3',
    ...more,
    read,
    isFile: (name) => files[name] !== undefined,
  });
}

/** The plan of a run of one URL. */
export async function planned(argv: readonly string[], world?: World): Promise<RunPlan> {
  const command = await parsed(['http://localhost/', ...argv], world);
  if (command.verb !== 'run') throw new Error(`not a run: ${command.verb}`);
  return command.plan;
}

/** The sentence that a command line is refused with. */
export async function refused(argv: readonly string[], world?: World): Promise<string> {
  try {
    const { verb } = await parsed(argv, world);
    return `no refusal: ${verb}`;
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
}
