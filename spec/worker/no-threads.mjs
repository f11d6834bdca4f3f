// Given to a process with --import: no thread of it can be started.
import { isMainThread } from 'node:worker_threads';

if (!isMainThread) throw new Error('no threads here');
