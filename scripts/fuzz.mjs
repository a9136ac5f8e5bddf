// Sends random requests to the middleware: node scripts/fuzz.mjs [requests] [seed].
// FUZZ_PARALLEL=1 sends them one after the other, which makes a failure easier to repeat.
import { run } from './prepare.mjs';

const [requests = '200000', seed = process.env.FUZZ_SEED] = process.argv.slice(2);
const env = { ...process.env, FUZZ_REQUESTS: requests, ...(seed && { FUZZ_SEED: seed }) };
const args = ['--expose-gc', '--import', './test/fuzz/typescript/register.mjs'];
run(process.execPath, [...args, 'test/fuzz/main.ts'], { env });
