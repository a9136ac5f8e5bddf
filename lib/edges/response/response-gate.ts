import type { ServerResponse } from 'node:http';
import { asError } from '../../reporting/thrown.js';
import { abandon, answerOf, headersSent, lengthOf } from './held-call.js';
import type { HeldCall, Method } from './held-call.js';
import { gate, HEADER_METHODS, lockHeaders, methodsOf, pretendSent } from './gated-response.js';
import type { Gate, HeaderMethod, HeaderMethods } from './gated-response.js';
import { addSetCookie, clearResponse, hasStatusMessage, takeHeaders } from './set-cookie-header.js';

/** What the gate asks of the session it waits for. */
export interface GateKeeper {
  /** Stores what is to be stored; `undefined` when the response may leave at once. */
  settle(): Promise<void> | undefined;
  /** The `Set-Cookie` value for this response; asked once, just before its headers leave. */
  setCookie(): string | undefined;
  /** True when the response says itself that this failed, so that it may leave as it is. */
  isTold(error: Error): boolean;
  /** Storing failed before anything was sent: another response is to be made of this error. */
  refuse(error: Error): void;
  /** Storing failed, and nobody can be told any more. */
  report(error: unknown): void;
  /** Something was stored after the headers had left, too late for a cookie. */
  storedLate(): void;
}

/**
 * How much of a body may wait before its writer is told to wait too. It is more than any stream
 * behind the gate takes without asking its writer to wait: compression listens for 'drain' there.
 */
const MAX_HELD_LENGTH = 256 * 1_024;

/**
 * `open`: nothing has been sent. `holding`: calls wait until the session is stored. `streaming`:
 * the headers have left. `refused`: the response of the application is dropped, and another one
 * passes through. `over`: the last byte has been handed on.
 */
type Phase = 'open' | 'holding' | 'streaming' | 'refused' | 'over';

/** What the response said when its first call came; what is set after that comes too late. */
interface Held {
  readonly line: HeldCall[];
  readonly statusCode: number;
  readonly statusMessage: string;
}

/**
 * Holds a response until its session is stored. Whatever would send the first byte waits in line
 * until then, and so does `end()`; a response whose session needs nothing passes straight through.
 */
export class ResponseGate implements Gate {
  private phase: Phase = 'open';
  private wasRefused = false;
  private isCookieDecided = false;
  private cookie: string | undefined;
  private held: Held | undefined;
  private heldLength = 0;
  /** HTTP/2's responses do not say themselves that they are destroyed. */
  private isClosed = false;
  private readonly methods: Readonly<Record<Method, unknown>>;
  private headerMethods: HeaderMethods | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly keeper: GateKeeper,
  ) {
    this.methods = methodsOf(response);
    gate(response, this);
  }

  get isHolding(): boolean {
    return this.phase === 'holding';
  }

  get isEndWaiting(): boolean {
    return this.held?.line.at(-1)?.method === 'end';
  }

  call(method: Method, args: readonly unknown[]): unknown {
    switch (this.phase) {
      case 'open':
        return this.firstCall(method, args);
      case 'holding':
        return this.wait(method, args);
      case 'streaming':
        return method === 'end' ? this.lastCall(args) : this.passFirst(method, args);
      case 'refused':
        return this.passOther(method, args);
      case 'over':
        // The handler of a refused response may still be writing: it must not reach the socket.
        return this.wasRefused ? answerOf(method, this.response) : this.pass(method, args);
    }
  }

  /** A held response refuses other headers, as one that is sent does. */
  changeHeaders(method: HeaderMethod, args: readonly unknown[]): unknown {
    if (this.isHolding) throw headersSent(HEADER_METHODS[method]);
    const { headerMethods, response } = this;
    return headerMethods && Reflect.apply(headerMethods[method], response, args);
  }

  /** The connection closed. If the client went away before the end, its changes count all the same. */
  closed(): void {
    this.isClosed = true;
    this.settleForNobody();
  }

  private settleForNobody(): void {
    if (this.phase !== 'open' && this.phase !== 'streaming') return;
    this.settle()?.catch((error: unknown) => this.keeper.report(error));
  }

  private firstCall(method: Method, args: readonly unknown[]): unknown {
    const work = this.settle();
    if (work !== undefined) return this.hold(work, method, args);
    this.phase = method === 'end' ? 'over' : 'streaming';
    return this.passFirst(method, args);
  }

  /** The headers have left; what changed since must be stored before the response is over. */
  private lastCall(args: readonly unknown[]): unknown {
    const work = this.settle();
    if (work !== undefined) return this.hold(work, 'end', args);
    this.phase = 'over';
    return this.passFirst('end', args);
  }

  /** Passes the response that was made of the error; it is over when `end()` is through. */
  private passOther(method: Method, args: readonly unknown[]): unknown {
    const answer = this.passFirst(method, args);
    if (method === 'end') this.phase = 'over';
    return answer;
  }

  private settle(): Promise<void> | undefined {
    try {
      return this.keeper.settle();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  private hold(work: Promise<void>, method: Method, args: readonly unknown[]): unknown {
    const { response } = this;
    const haveHeadersLeft = this.phase === 'streaming';
    const { statusCode } = response;
    const statusMessage = hasStatusMessage(response) ? response.statusMessage : '';
    // Who asks meanwhile is told that the response is on its way, and makes no second one.
    this.headerMethods ??= lockHeaders(response);
    pretendSent(response);
    this.held = { line: [], statusCode, statusMessage };
    this.phase = 'holding';
    this.releaseAfter(work, haveHeadersLeft, method === 'end');
    return this.wait(method, args);
  }

  /** @param isLastLook true when nothing that the handler does now is waited for any more */
  private releaseAfter(work: Promise<void>, haveHeadersLeft: boolean, isLastLook: boolean): void {
    work.then(
      () => {
        // The handler has gone on meanwhile; if it has come to its end, this is the time to look.
        const more = !isLastLook && this.isEndWaiting ? this.settle() : undefined;
        if (more !== undefined) return this.releaseAfter(more, haveHeadersLeft, true);
        if (haveHeadersLeft) this.keeper.storedLate();
        this.release();
      },
      (thrown: unknown) => {
        const error = asError(thrown);
        const isGone = this.isClosed || this.response.destroyed;
        const isTold = haveHeadersLeft || isGone || this.keeper.isTold(error);
        if (!isTold) return this.refuse(error);
        this.keeper.report(error);
        this.release();
      },
    );
  }

  private wait(method: Method, args: readonly unknown[]): unknown {
    const { held, response } = this;
    if (held === undefined) return this.pass(method, args);
    if (method === 'writeHead' && held.line.length > 0) throw headersSent('write');
    if (!this.isEndWaiting) held.line.push({ method, args });
    if (method !== 'write') return answerOf(method, response);
    this.heldLength += lengthOf(args[0]);
    return this.heldLength < MAX_HELD_LENGTH;
  }

  private release(): void {
    const isLast = this.isEndWaiting;
    const waiting = this.letGo();
    this.phase = isLast ? 'over' : 'streaming';
    let answer: unknown;
    try {
      for (const { method, args } of waiting) answer = this.passFirst(method, args);
    } catch (error) {
      // A call that throws (a body that is no string, say) has no caller left to throw to.
      if (this.response.headersSent) this.response.destroy(asError(error));
      else this.refuse(asError(error));
      return;
    }
    if (this.isClosed) this.settleForNobody(); // what changed while it was held
    // A writer who was told to wait hears of it from whatever is full now, or else from here.
    const wasToldToWait = this.heldLength >= MAX_HELD_LENGTH;
    if (wasToldToWait && !isLast && answer !== false) this.response.emit('drain');
  }

  private refuse(error: Error): void {
    abandon(this.letGo(), error);
    this.phase = 'refused';
    this.wasRefused = true;
    clearResponse(this.response);
    try {
      this.keeper.refuse(error);
    } catch (failure) {
      // What makes the other response failed in turn, and nobody is left to catch it.
      this.keeper.report(failure);
      this.response.destroy(asError(failure));
    }
  }

  /** Gives the response back as it was when it was first held, and the calls that wait. */
  private letGo(): readonly HeldCall[] {
    const { held, response } = this;
    if (held === undefined) return [];
    this.held = undefined;
    response.statusCode = held.statusCode;
    if (hasStatusMessage(response)) response.statusMessage = held.statusMessage;
    return held.line;
  }

  /** Hands a call on; the first one that sends headers takes the session's cookie along. */
  private passFirst(method: Method, args: readonly unknown[]): unknown {
    const cookie = this.dueCookie();
    if (cookie === undefined) return this.pass(method, args);
    const rest = method === 'writeHead' ? takeHeaders(this.response, args) : args;
    addSetCookie(this.response, cookie);
    this.cookie = undefined;
    return this.pass(method, rest);
  }

  /** The session is asked once; what could not be sent with one response goes with the next. */
  private dueCookie(): string | undefined {
    if (this.isCookieDecided) return this.cookie;
    this.isCookieDecided = true;
    // Someone may have sent the headers past the gate.
    if (this.response.headersSent) this.keeper.storedLate();
    else this.cookie = this.keptCookie();
    return this.cookie;
  }

  /** What fails here fails the response; that of an error goes without a cookie. */
  private keptCookie(): string | undefined {
    try {
      return this.keeper.setCookie();
    } catch (error) {
      if (!this.wasRefused) throw asError(error);
      this.keeper.report(error);
      return undefined;
    }
  }

  private pass(method: Method, args: readonly unknown[]): unknown {
    const original = this.methods[method];
    return typeof original === 'function'
      ? Reflect.apply(original, this.response, args)
      : this.response;
  }
}
