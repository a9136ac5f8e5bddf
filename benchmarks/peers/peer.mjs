// The peers have a node_modules of their own; this imports from it.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

export const peer = createRequire(import.meta.url);

const { dependencies, optionalDependencies } = peer('./package.json');
const folder = fileURLToPath(new URL('.', import.meta.url));

/** True if what package.json names is installed in exactly these versions. */
export function arePeersInstalled(expected = { ...dependencies, ...optionalDependencies }) {
  return Object.entries(expected).every(([name, version]) => {
    const manifest = `${folder}/node_modules/${name}/package.json`;
    return existsSync(manifest) && peer(manifest).version === version;
  });
}

export function installPeers() {
  if (arePeersInstalled()) return;
  console.log('Installing the peers into benchmarks/peers/node_modules (npm install) ...');
  // The peer dependencies of the peers (Nest, express-session) are the project's own.
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  const args = ['install', '--no-package-lock', '--legacy-peer-deps', ...quiet];
  const npm = process.env.npm_execpath;
  const [command, ...rest] = npm ? [process.execPath, npm, ...args] : ['npm', ...args];
  const { status } = spawnSync(command, rest, { cwd: folder, stdio: 'inherit' });
  // A peer with native code may be missing: the application that needs it is left out.
  if (status !== 0 || !arePeersInstalled(dependencies))
    throw new Error('The peers could not be installed.');
}
