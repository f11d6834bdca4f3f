import { setTimeout } from 'node:timers/promises';
import { installation } from './day.js';

/** An installation that reads like the blocking one, and blocks nobody. */
export async function inlineInstall(customer: string): Promise<string> {
  console.log(`Scheduling: Installation for ${customer}`);
  await setTimeout(installation);
  console.log(`Callback: Finished installation for ${customer}`);
  console.log(`All done for ${customer}`);
  return customer;
}
