import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders: string[] = [];

/** A new, empty folder. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sesame-scratch-'));
  folders.push(folder);
  return folder;
}

/** For `afterEach` or `afterAll`: removes every folder that was made. */
export function removeScratchFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}
