import type { ServerResponse } from 'node:http';
import { asError } from '../../reporting/thrown.js';
import type { GatedExchange } from './gated-exchange.js';
import {
  gate,
  gateAnew,
  HEADER_METHODS,
  lockHeaders,
  OwnMethods,
  pretendSent,
} from './gated-response.js';
import type { Gate, HeaderMethod, HeaderMethods } from './gated-response.js';
import { answerOf, failCalls, HeldCalls, headersSent } from './held-calls.js';
import type { HeldCall, Method } from './held-calls.js';
import { clearResponse } from './other-response.js';
import { PipedSources } from './piped-sources.js';
import { addSetCookie } from './set-cookie-header.js';
import { takeHeaders } from './write-head.js';

/**
 * `open`: nothing has been sent. `decided`: nothing has been sent, but `writeHead()` has said what the
 * headers will be. `holding`: calls wait until the session is stored. `streaming`: the headers have left.
 * `refused`: the response of the application is dropped, and another one passes through. `over`: the last
 * byte has been handed on.
 */
type Phase = 'open' | 'decided' | 'holding' | 'streaming' | 'refused' | 'over';

/**
 * Holds a response until its session is stored. Whatever would send the first byte waits until then,
 * and so does `end()`; a response whose session needs nothing passes straight through.
 */
export class ResponseGate implements Gate {
  private phase: Phase = 'open';
  private wasRefused = false;
  private isCookieDecided = false;
  private cookie: string | undefined;
  private held: HeldCalls | undefined;
  private sources: PipedSources | undefined;
  /** HTTP/2's responses do not say themselves that they are destroyed. */
  private isClosed = false;
  private readonly methods: OwnMethods;
  private headerMethods: HeaderMethods | undefined;

  constructor(
    private readonly response: ServerResponse,
    private readonly exchange: GatedExchange,
  ) {
    this.methods = new OwnMethods(response);
    gate(response, this);
  }

  /** True while a call is held: its caller assumes that the headers are sent. */
  get isHolding(): boolean {
    return this.held !== undefined;
  }

  get isEndHeld(): boolean {
    return this.held?.hasEnd === true;
  }

  call(method: Method, args: readonly unknown[]): unknown {
    switch (this.phase) {
      case 'open':
        return method === 'writeHead' ? this.decide(args) : this.sendOnceStored(method, args);
      case 'decided':
        return this.sendDecided(method, args);
      case 'holding':
        return this.held?.add(method, args);
      case 'streaming':
        // What changed since the headers left must be stored before the response is over.
        return method === 'end' ? this.sendOnceStored(method, args) : this.send(method, args);
      case 'refused':
        // What is left of the first response, in compression's buffers say, must not mix with the other.
        return answerOf(method, this.response);
      case 'over':
        // The handler of a refused response may still be writing: it must not reach the socket.
        return this.wasRefused ? answerOf(method, this.response) : this.callOriginal(method, args);
    }
  }

  callAnew(method: Method, args: readonly unknown[]): unknown {
    if (this.phase !== 'refused') return this.call(method, args);
    const answer = this.send(method, args);
    if (method === 'end') this.phase = 'over';
    return answer;
  }

  /** Changes a header. A held response refuses that, as one that is sent does. */
  changeHeaders(method: HeaderMethod, args: readonly unknown[]): unknown {
    if (this.isHolding) throw headersSent(HEADER_METHODS[method]);
    const { headerMethods, response } = this;
    return headerMethods && Reflect.apply(headerMethods[method], response, args);
  }

  piped(source: object): void {
    (this.sources ??= new PipedSources()).add(source);
  }

  /**
   * Called when the connection closes. If the client went away before the end, its changes are still stored.
   */
  closed(): void {
    this.isClosed = true;
    this.settleAfterClose();
  }

  private settleAfterClose(): void {
    if (this.phase === 'holding' || this.phase === 'refused' || this.phase === 'over') return;
    this.settle()?.catch((error: unknown) => this.exchange.report(error));
  }

  private settle(): Promise<void> | undefined {
    try {
      return this.exchange.settle();
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /**
   * Decides the headers without sending them, as Node does: the body often follows at once, and the session
   * is settled then.
   */
  private decide(args: readonly unknown[]): unknown {
    const [status] = args;
    if (typeof status !== 'number' || !(status >= 100 && status <= 999)) {
      return this.sendOnceStored('writeHead', args); // Node refuses it now
    }
    const rest = takeHeaders(this.response, args); // checked now, as its caller expects
    this.response.statusCode = status;
    const answer = this.startHolding().add('writeHead', rest);
    this.phase = 'decided';
    return answer;
  }

  private sendDecided(method: Method, args: readonly unknown[]): unknown {
    if (method === 'writeHead') return this.held?.add(method, args);
    const work = this.settle();
    if (work !== undefined) return this.hold(work, method, args);
    const calls = this.stopHolding();
    try {
      for (const head of calls) this.send(head.method, head.args);
    } catch (error) {
      this.phase = 'open'; // the headers cannot be sent: their caller may try others
      throw error;
    }
    this.phase = method === 'end' ? 'over' : 'streaming';
    return this.send(method, args);
  }

  private sendOnceStored(method: Method, args: readonly unknown[]): unknown {
    const work = this.settle();
    if (work !== undefined) return this.hold(work, method, args);
    this.phase = method === 'end' ? 'over' : 'streaming';
    return this.send(method, args);
  }

  private hold(work: Promise<void>, method: Method, args: readonly unknown[]): unknown {
    const haveHeadersLeft = this.phase === 'streaming';
    const held = this.held ?? this.startHolding();
    this.phase = 'holding';
    void this.releaseAfter(work, haveHeadersLeft, method === 'end');
    return held.add(method, args);
  }

  /**
   * Begins to hold calls. Code that looks meanwhile sees a response that is being sent, and sends no other.
   */
  private startHolding(): HeldCalls {
    this.headerMethods ??= lockHeaders(this.response);
    pretendSent(this.response);
    return (this.held = new HeldCalls(this.response));
  }

  /** @param isEnding true when `end()` was the first call: nothing that the handler does later counts */
  private async releaseAfter(
    work: Promise<void>,
    haveHeadersLeft: boolean,
    isEnding: boolean,
  ): Promise<void> {
    try {
      await work;
      // The handler has gone on meanwhile; if it has ended the response, what it changed is stored too.
      const more = !isEnding && this.isEndHeld ? this.settle() : undefined;
      if (more !== undefined) await more;
    } catch (thrown) {
      const error = asError(thrown);
      const isGone = this.isClosed || this.response.destroyed;
      if (!haveHeadersLeft && !isGone && !this.exchange.isAnswered(error))
        return this.refuse(error);
      this.exchange.report(error);
      return this.release();
    }
    if (haveHeadersLeft) this.exchange.missedCookie();
    this.release();
  }

  private release(): void {
    const { held } = this;
    const isLast = this.isEndHeld;
    const calls = this.stopHolding();
    this.phase = isLast ? 'over' : 'streaming';
    let answer: unknown;
    try {
      for (const { method, args } of calls) answer = this.send(method, args);
    } catch (error) {
      // A call that throws (a body that is no string, say) has no caller left to throw to.
      if (this.response.headersSent) this.response.destroy(asError(error));
      else this.refuse(asError(error));
      return;
    }
    if (this.isClosed) this.settleAfterClose(); // what changed while it was held
    // A writer that was told to wait must be told to go on: by whatever is full now, or else from here.
    if (held?.isFull === true && !isLast && answer !== false) this.response.emit('drain');
  }

  private refuse(error: Error): void {
    failCalls(this.stopHolding(), error);
    this.phase = 'refused';
    this.wasRefused = true;
    this.sources?.cutOff(this.response);
    clearResponse(this.response);
    gateAnew(this.response);
    try {
      this.exchange.refuse(error);
    } catch (failure) {
      // What makes the other response failed in turn, and nobody is left to catch it.
      this.exchange.report(failure);
      this.response.destroy(asError(failure));
    }
  }

  /** Stops holding; returns the calls that were held. */
  private stopHolding(): readonly HeldCall[] {
    const calls = this.held?.release() ?? [];
    this.held = undefined;
    return calls;
  }

  /** Carries out a call; the first one that sends headers sends the session's cookie with them. */
  private send(method: Method, args: readonly unknown[]): unknown {
    const cookie = this.cookieToSend();
    if (cookie === undefined) return this.callOriginal(method, args);
    const rest = method === 'writeHead' ? takeHeaders(this.response, args) : args;
    addSetCookie(this.response, cookie);
    this.cookie = undefined;
    return this.callOriginal(method, rest);
  }

  /**
   * Returns the session's cookie, decided once; one that could not be sent with one response is sent with the
   * next.
   */
  private cookieToSend(): string | undefined {
    if (this.isCookieDecided) return this.cookie;
    this.isCookieDecided = true;
    // The headers may have been sent past the gate.
    if (this.response.headersSent) this.exchange.missedCookie();
    else this.cookie = this.decideCookie();
    return this.cookie;
  }

  /**
   * Decides the cookie. A failure here fails the response; the error response is then sent without a cookie.
   */
  private decideCookie(): string | undefined {
    try {
      return this.exchange.setCookie();
    } catch (error) {
      if (!this.wasRefused) throw asError(error);
      this.exchange.report(error);
      return undefined;
    }
  }

  private callOriginal(method: Method, args: readonly unknown[]): unknown {
    const original = this.methods[method];
    return typeof original === 'function'
      ? Reflect.apply(original, this.response, args)
      : this.response;
  }
}
