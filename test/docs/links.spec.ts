import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { anchors, pages, relativeLinks, root } from './markdown.js';

describe('Links', () => {
  it.each(pages)('in %s lead to files and headings that exist', (page) => {
    const broken = relativeLinks(page).filter(
      ([file, anchor]) =>
        !existsSync(join(root, file)) || (anchor !== undefined && !anchors(file).includes(anchor)),
    );

    expect(broken).toEqual([]);
  });

  it('in the README lead to every page in docs/', () => {
    const linked = relativeLinks('README.md').map(([file]) => file);

    expect(linked).toEqual(
      expect.arrayContaining(pages.filter((page) => page.startsWith('docs/'))),
    );
  });
});
