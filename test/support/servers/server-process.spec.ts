import { describe, expect, it } from '@jest/globals';
import { ServerProcess } from './server-process.js';

const NEVER = new Promise<never>(() => undefined);

function program(code: string): ServerProcess {
  return new ServerProcess(process.execPath, ['-e', code]);
}

describe('A server that the tests start', () => {
  it('is ready when it says so', async () => {
    const server = program('console.error("it listens"); setInterval(() => {}, 1000)');
    await server.ready(server.saying('it listens'));
    await server.end();
  });

  it.each([
    [
      'ends',
      'console.error("the port is taken"); process.exitCode = 3',
      /ended with 3\. It said: the port is taken/,
    ],
    ['says nothing', '', /ended with 0\. It said: nothing/],
  ])('fails at once with its words when it %s', async (_what, code, message) => {
    await expect(program(code).ready(NEVER)).rejects.toThrow(message);
  });

  it('fails at once if its program does not exist', async () => {
    const server = new ServerProcess('/not/there', []);
    await expect(server.ready(NEVER)).rejects.toThrow(/could not be started \(.*ENOENT/);
    await server.end();
  });

  it('fails in the same way if it should run to its end', async () => {
    await ServerProcess.finish(process.execPath, ['-e', '']);
    await expect(
      ServerProcess.finish(process.execPath, ['-e', 'throw new Error("a word")']),
    ).rejects.toThrow('a word');
  });
});
