import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './markdown.js';

/** What the library says, with `…` for what is put into a text. */
export interface LibraryMessages {
  /**
   * What it throws or logs: every text that ends as a sentence does, and whatever an error is made of.
   * One that begins with a space or a semicolon only follows another one.
   */
  readonly messages: ReadonlySet<string>;
  /** Every text that there is, such as parts of messages. */
  readonly texts: ReadonlySet<string>;
}

export function libraryMessages(): LibraryMessages {
  const messages = new Set<string>();
  const texts = new Set<string>();
  const visit = (node: ts.Node): void => {
    const text = textOf(node);
    if (text !== undefined) texts.add(text);
    if (text !== undefined && (isSentence(text) || isMadeAnError(node, text))) messages.add(text);
    ts.forEachChild(node, visit);
  };
  for (const file of readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const source = readFileSync(join(root, 'lib', file), 'utf8');
    visit(ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true));
  }
  return { messages, texts };
}

/** What a literal says; `undefined` for any other node. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return undefined;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

function isSentence(text: string): boolean {
  return /^[^ ;].* .*\.$/s.test(text);
}

/** True for what is put into `new SomeError()`, if it is more than a word. */
function isMadeAnError({ parent }: ts.Node, text: string): boolean {
  if (!ts.isNewExpression(parent) || !text.includes(' ')) return false;
  return /(?:Error|Exception)$/.test(parent.expression.getText());
}
