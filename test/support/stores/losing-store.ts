/** Whether a call whose answer is lost was carried out all the same. */
export type Loss = 'done' | 'not done';

/** Loses the answer to one call of a store, as a connection that breaks does. */
export class Losses {
  /** The calls since the last `lose()`, in order. */
  readonly calls: string[] = [];
  private target: { readonly call: number; readonly loss: Loss } | undefined;
  private underWay = 0;

  /** Makes this call lose its answer, counted from now on; -1 for none. */
  lose(call: number, loss: Loss): void {
    this.calls.length = 0;
    this.target = { call, loss };
  }

  /** True if no call is waiting for its answer. */
  get isIdle(): boolean {
    return this.underWay === 0;
  }

  /** The store, all of whose answers may be lost. */
  of<T extends object>(store: T): T {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member === 'object' && member !== null) return this.of(member);
        if (typeof member !== 'function' || name === 'isAnswerLost') return member;
        return (...args: unknown[]) =>
          this.call(String(name), () => Reflect.apply(member, target, args));
      },
    });
  }

  private async call(name: string, perform: () => unknown): Promise<unknown> {
    const isLost = this.target?.call === this.calls.length;
    this.calls.push(name);
    this.underWay += 1;
    try {
      if (!isLost) return await perform();
      if (this.target?.loss === 'done') await perform();
      throw new Error('the connection broke');
    } finally {
      this.underWay -= 1;
    }
  }
}
