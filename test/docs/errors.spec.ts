import { describe, expect, it } from '@jest/globals';
import { libraryMessages } from './library-messages.js';
import { tableRows } from './markdown.js';

const { messages, texts } = libraryMessages();

/** The first words of each message on the page. */
const listed = tableRows('docs/errors.md', 'Message').map(([cell = '']) =>
  cell.replace(/^`(.*)`$/, '$1'),
);

describe('The errors page', () => {
  it.each(listed)('lists only messages of the library: %s', (words) => {
    expect([...texts].some((text) => text.startsWith(words))).toBe(true);
  });

  it('lists each message once', () => {
    expect(new Set(listed).size).toBe(listed.length);
  });

  it('lists everything that the library throws or logs', () => {
    const missing = [...messages].filter((text) => !listed.some((words) => text.startsWith(words)));
    expect(missing).toEqual([]);
  });
});
