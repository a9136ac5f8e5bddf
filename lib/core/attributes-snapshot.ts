import { serialiseAttributes } from './session-attributes.js';
import type { SessionAttributes } from './session-attributes.js';

/** A session's attributes at one moment, as JSON: what is changed afterwards does not reach it. */
export class AttributesSnapshot {
  readonly text: string;

  /** @throws UnserialisableAttributeError naming the attribute that cannot be stored */
  constructor(readonly attributes: SessionAttributes) {
    this.text = serialiseAttributes(attributes);
  }

  /** A copy of what they were at that moment. */
  copy(): SessionAttributes {
    return JSON.parse(this.text);
  }
}
