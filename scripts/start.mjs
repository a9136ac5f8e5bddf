// Serves the quickstart sample: installs what is missing, builds, and starts it.
import { spawn } from 'node:child_process';
import { install, requireNode, root, runTool } from './prepare.mjs';

requireNode();
install();
console.log('Building ...');
runTool('@nestjs/cli/bin/nest.js', ['build', '-p', 'tsconfig.build.json']);
runTool('typescript/bin/tsc', ['-p', 'sample/quickstart/tsconfig.json']);

const server = spawn(process.execPath, ['sample/quickstart/dist/main.js'], {
  cwd: root,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill(signal));
server.on('exit', (code) => process.exit(code ?? 0));
