// What is measured is what is published: the build, made anew when it is older than its source.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

export function buildWhenStale() {
  const built = `${root}/dist/index.js`;
  if (existsSync(built) && newestIn(`${root}/lib`) <= statSync(built).mtimeMs) return;
  console.log('Building ...');
  const nest = `${root}/node_modules/@nestjs/cli/bin/nest.js`;
  const args = [nest, 'build', '-p', 'tsconfig.build.json'];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) throw new Error('The build failed.');
}

function newestIn(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true });
  const times = files
    .filter((file) => file.isFile())
    .map((file) => statSync(`${file.parentPath}/${file.name}`).mtimeMs);
  return Math.max(...times);
}
