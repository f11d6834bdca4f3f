// Runs TypeScript as it is, with `sluice` taken from dist/, as a user's program would take it.
import { fileURLToPath } from 'node:url';

process.env.TSX_TSCONFIG_PATH = fileURLToPath(new URL('tsconfig.run.json', import.meta.url));
await import('tsx');
