import { brand } from '../copies/brand.js';

/**
 * What a store rejects with when it cannot know whether it has done what it was asked, such as when its
 * connection broke: then it must not be done once more. Any other error counts as a refusal.
 */
export class AnswerLostError extends Error {
  static {
    brand(this, 'AnswerLostError');
  }

  constructor(cause: unknown) {
    super('The connection to the database failed before there was an answer. The cause says how.', {
      cause,
    });
    this.name = 'AnswerLostError';
  }
}
