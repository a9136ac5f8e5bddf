/** What a store answers about one key, possibly together with others. */
export interface AnswerTo<T> {
  readonly key: string;
  readonly answer: Promise<T>;
}

/** Returns the answers of a call about many keys. Throws unless there is one for each. */
export function oneForEach<T>(keys: readonly string[], answers: readonly T[]): readonly T[] {
  if (answers.length === keys.length) return answers;
  throw new Error(`the store gave ${answers.length} answers about ${keys.length} keys`);
}
