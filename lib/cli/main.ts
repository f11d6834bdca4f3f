#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs';
import { isatty } from 'node:tty';
import { OutputError } from '../files/output-error.js';
import { exitCodes } from './exit-codes.js';
import { parse, type Command } from './parse.js';
import type { Surroundings } from './surroundings.js';
import { talkOn } from './talk.js';
import { UsageError } from './usage-error.js';
import { aboutPackage } from './version.js';
import { hushSqlite } from './warnings.js';

hushSqlite();
const argv = process.argv.slice(2);
const code = await main();
await Promise.all([flushed(process.stdout), flushed(process.stderr)]);
// not left to the event loop: a name that is still being looked up would hold it for seconds
process.exit(code);

async function main(): Promise<number> {
  try {
    const command = await parse(argv, surroundings());
    return await done(command);
  } catch (error) {
    if (error instanceof OutputError && error.isClosedPipe) return exitCodes.succeeded; // `| head -1` has seen enough
    const level = argv.includes('--verbose') || argv.includes('-v') ? 'verbose' : 'quiet';
    const talk = talkOn(process.stderr, { level, color: false, json: argv.includes('--json-log') }, Date.now);
    const message = error instanceof Error ? error.message : String(error);
    const foreseen =
      error instanceof UsageError
        ? exitCodes.usage
        : error instanceof OutputError
          ? exitCodes.unwritable
          : undefined;
    talk.error(foreseen === undefined ? `sluice has a fault, please report it: ${message}` : message, error);
    return foreseen ?? exitCodes.failed;
  }
}

/** Each verb loads what it needs, and no other. */
async function done(command: Command): Promise<number> {
  switch (command.verb) {
    case 'run': {
      const { plan, reads } = command;
      const { checkFiles } = await import('./check-files.js');
      const { save, ...outputs } = plan.files;
      checkFiles({
        inputs: plan.inputs.files,
        reads,
        outputs: { ...outputs, state: plan.state?.file },
        save,
        hasStdout: outputs.output === undefined || outputs.csv === '-',
      });
      const { run } = await import('./run.js');
      return run(plan);
    }
    case 'explain': {
      const { plan } = command;
      const { checkFiles } = await import('./check-files.js');
      checkFiles({ inputs: plan.inputs, reads: [], outputs: plan.files, hasStdout: true });
      const { explain } = await import('./explain.js');
      return explain(plan);
    }
    case 'enqueue': {
      const { plan, reads } = command;
      const { checkFiles } = await import('./check-files.js');
      checkFiles({ inputs: plan.inputs.files, reads, outputs: {}, hasStdout: false });
      const { enqueue } = await import('./queue/enqueue.js');
      return enqueue(plan);
    }
    case 'work': {
      const { plan, reads } = command;
      const { checkFiles } = await import('./check-files.js');
      const { save, ...outputs } = plan.run.files;
      checkFiles({
        inputs: [],
        reads,
        outputs,
        save,
        hasStdout: (outputs.output === undefined && !plan.run.isSilent) || outputs.csv === '-',
      });
      const { work } = await import('./queue/work.js');
      return work(plan);
    }
    case 'status': {
      const { status } = await import('./queue/status.js');
      return status(command.plan);
    }
    case 'collect': {
      const { plan, reads } = command;
      const { checkFiles } = await import('./check-files.js');
      const { output } = plan.files;
      checkFiles({ inputs: [], reads, outputs: plan.files, hasStdout: output === undefined });
      const { collect } = await import('./queue/collect.js');
      return collect(plan);
    }
    case 'purge': {
      const { purge } = await import('./queue/purge.js');
      return purge(command.plan);
    }
    case 'demo': {
      const { demo } = await import('./demo/demo.js');
      return demo(command.plan);
    }
    case 'version':
      return print(`${aboutPackage().version}\n`);
    case 'help': {
      const { helpOf } = await import('./help.js');
      return print(helpOf(command.of));
    }
    case 'completion': {
      const { completionFor } = await import('./completion/completion.js');
      return print(completionFor(command.shell));
    }
    case 'usage': {
      const { shortHelp } = await import('./help.js');
      process.stderr.write(shortHelp);
      return exitCodes.usage;
    }
  }
}

function surroundings(): Surroundings {
  return {
    ...aboutPackage(),
    env: process.env,
    isInputTerminal: isatty(0),
    isErrorTerminal: isatty(2),
    read: (file) => readFileSync(file),
    isFile,
  };
}

function isFile(name: string): boolean {
  try {
    return !statSync(name).isDirectory();
  } catch {
    return false; // not there, or a name that no file can have
  }
}

/** @throws OutputError */
async function print(text: string): Promise<number> {
  const { stdoutOutput } = await import('./output/stdout-output.js');
  await stdoutOutput().write(Buffer.from(text));
  return exitCodes.succeeded;
}

function flushed(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.once('error', () => resolve());
    stream.write('', () => resolve());
  });
}
