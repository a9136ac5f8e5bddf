import { Controller, HttpCode, HttpStatus, Post } from '@nestjs/common';
import { Public, SessionService } from 'nestjs-sesame';

interface Counter {
  visits: number;
}

@Public()
@Controller('counter')
export class CounterController {
  constructor(private readonly sessions: SessionService) {}

  /** By update(), so that requests at the same moment are all counted. */
  @Post()
  @HttpCode(HttpStatus.OK)
  increment(): Promise<Counter> {
    return this.sessions.update((session) => {
      session.visits = (session.visits ?? 0) + 1;
      return { visits: session.visits };
    });
  }
}
