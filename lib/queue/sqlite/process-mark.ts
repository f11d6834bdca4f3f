import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** Says which process this is, also after its number has been given to another. */
export function processMark(): string {
  return `${hostname()} ${process.pid} ${startOf(process.pid) ?? ''}`;
}

/** Whether the process of a mark has ended. Of another machine's nothing is known: its leases run out. */
export function hasEnded(mark: string): boolean {
  const [host, pid, start] = mark.split(' ');
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = startOf(Number(pid));
  return start !== '' && now !== undefined && now !== start;
}

/** When a process began, in ticks since the machine did; where /proc says it. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
