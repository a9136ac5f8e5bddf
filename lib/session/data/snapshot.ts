import type { CookieAttributes } from '../../options/cookie/cookie-attributes.js';
import { serialiseAttributes } from './attributes.js';
import type { SessionAttributes } from './attributes.js';

/** What a session held at one moment. Later changes by the application do not affect it. */
export class SessionSnapshot {
  private constructor(
    readonly attributes: SessionAttributes,
    /** The same as JSON. */
    readonly text: string,
    readonly cookie: CookieAttributes,
  ) {}

  /**
   * @param text the attributes as JSON, if they have been serialised already
   * @throws UnserialisableAttributeError naming the attribute that cannot be stored
   */
  static of(
    attributes: SessionAttributes,
    cookie: CookieAttributes,
    text = serialiseAttributes(attributes),
  ): SessionSnapshot {
    return new SessionSnapshot(attributes, text, cookie);
  }

  /** Makes one from attributes that came from the store, and need no check. */
  static ofStored(attributes: SessionAttributes, cookie: CookieAttributes): SessionSnapshot {
    return new SessionSnapshot(attributes, JSON.stringify(attributes), cookie);
  }

  /** Returns the same with other attributes, which came from the store. */
  with(attributes: SessionAttributes): SessionSnapshot {
    return SessionSnapshot.ofStored(attributes, this.cookie);
  }

  /** Returns a copy of the attributes as they were at that moment. */
  copy(): SessionAttributes {
    return JSON.parse(this.text);
  }
}
