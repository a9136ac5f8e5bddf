import type { ServerResponse } from 'node:http';

interface Source {
  unpipe(destination: object): unknown;
  destroy(): unknown;
}

/** The streams that were piped into a response. */
export class PipedSources {
  private readonly sources = new Set<Source>();

  /** @param source a stream of Node's own kind, or an older one that cannot be stopped */
  add(source: object): void {
    if (isSource(source)) this.sources.add(source);
  }

  /**
   * Keeps anything more of them from reaching the response. They are destroyed with it and not before, since
   * `pipeline()` would destroy the response, too.
   */
  cutOff(response: ServerResponse): void {
    const cutOff = (source: Source): unknown => response.once('close', () => source.destroy());
    response.on('unpipe', cutOff); // not for those that were piped elsewhere meanwhile
    for (const source of this.sources) source.unpipe(response);
    response.off('unpipe', cutOff);
  }
}

function isSource(stream: object): stream is Source {
  return 'unpipe' in stream && 'destroy' in stream;
}
