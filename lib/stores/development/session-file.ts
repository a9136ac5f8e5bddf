import { readFileSync, renameSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { describe, peek } from '../../reporting/thrown.js';
import { sessionsIn, textOf } from './kept-sessions.js';
import type { KeptSessions } from './kept-sessions.js';

/** The file holds the secret that signs cookies, and what users keep in their sessions. */
const OWNER_MAY_READ = 0o600;
const OWNER_MAY_ENTER = 0o700;

/** A file that holds sessions. Each write replaces it as a whole, so that it is never half written. */
export class SessionFile {
  private readonly path: string;
  /** The file that was read or written last; `undefined` if there was none. */
  private known: Stats | undefined;
  private isUsable = true;

  /** @param advise tells the developer what to look into */
  constructor(
    path: string,
    private readonly advise: (advice: string) => void,
  ) {
    this.path = resolve(path); // the process may change its folder
  }

  /** Returns what the file holds; `undefined` if there is no file, or its content has been put aside. */
  load(): KeptSessions | undefined {
    try {
      const kept = sessionsIn(readFileSync(this.path, 'utf8'));
      if (kept === undefined) this.putAside();
      else this.known = statSync(this.path);
      return kept;
    } catch (error) {
      if (isMissing(error)) return undefined;
      this.isUsable = false;
      this.advise(
        `The file for sessions, ${this.path}, cannot be used, so they end with this process: ${describe(error)}. Let this process read and write the file, or give DevelopmentSessionStore another one.`,
      );
      return undefined;
    }
  }

  /** Replaces the content of the file. Never rejects: sessions go on in memory. */
  async save(kept: KeptSessions): Promise<void> {
    if (!this.isUsable) return;
    try {
      await this.lookForOthers();
      // Each time, since reinstalling packages or clearing caches removes the folder of a running process.
      await mkdir(dirname(this.path), { recursive: true, mode: OWNER_MAY_ENTER });
      const draft = `${this.path}.new`;
      await rm(draft, { force: true });
      const file = await open(draft, 'wx', OWNER_MAY_READ);
      try {
        await file.writeFile(textOf(kept));
        this.known = await file.stat();
      } finally {
        await file.close();
      }
      await rename(draft, this.path);
    } catch (error) {
      this.advise(
        `Sessions cannot be written to ${this.path}, so what changes in them ends with this process: ${describe(error)}. Make room for the file, and let this process write it.`,
      );
    }
  }

  /** Moves the file aside, since it may be somebody else's, and of value to them. */
  private putAside(): void {
    const aside = `${this.path}.${Date.now()}.aside`;
    renameSync(this.path, aside);
    this.advise(
      `${this.path} did not hold sessions, or not whole ones, so it is now ${aside}, and sessions begin anew. If it is a file of something else, put it back, and give DevelopmentSessionStore another one.`,
    );
  }

  private async lookForOthers(): Promise<void> {
    const found = await stat(this.path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (found === undefined) return;
    if (found.ino === this.known?.ino && found.mtimeMs === this.known.mtimeMs) return;
    this.advise(
      `Another process also writes its sessions to ${this.path}, and each replaces those of the other. Give every DevelopmentSessionStore a file of its own, or use a store that processes can share, such as RedisSessionStore.`,
    );
  }
}

function isMissing(error: unknown): boolean {
  return peek(error, 'code') === 'ENOENT';
}
