import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program is: in the PATH, or in a folder for servers that is seldom in the PATH. */
export function commandPath(command: string): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin'];
  return folders.map((folder) => join(folder, command)).find((path) => existsSync(path));
}
