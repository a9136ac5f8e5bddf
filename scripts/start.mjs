// Serves the quickstart sample: installs what is missing, builds what changed, and starts it.
import { spawn } from 'node:child_process';
import { buildStale, ESM, isStale } from './build.mjs';
import { install, requireNode, root, runTool } from './prepare.mjs';

const SAMPLE = 'sample/quickstart';

requireNode();
install();
await buildStale([ESM]);
if (isStale(`${SAMPLE}/dist/main.js`, [`${SAMPLE}/src`, `${SAMPLE}/tsconfig.json`])) {
  console.log(`Building ${SAMPLE} ...`);
  // If there is an error nothing is written, so the next start builds it again.
  runTool('typescript/bin/tsc', ['-p', `${SAMPLE}/tsconfig.json`, '--noEmitOnError']);
}

const server = spawn(process.execPath, [`${SAMPLE}/dist/main.js`], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));
