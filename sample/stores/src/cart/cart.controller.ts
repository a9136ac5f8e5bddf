import { Body, Controller, Get, Post } from '@nestjs/common';
import { Public, Session, SessionService } from 'nestjs-sesame';
import { CartItemDto } from './cart-item.dto.js';

interface Cart {
  items: string[];
}

/** Visitors have a cart before they sign in, and keep it when they do. */
@Public()
@Controller('cart')
export class CartController {
  constructor(private readonly sessions: SessionService) {}

  @Get()
  read(@Session('cart') items: string[] = []): Cart {
    return { items };
  }

  /** By update(), so that items added at the same moment are all kept. */
  @Post()
  add(@Body() { item }: CartItemDto): Promise<Cart> {
    return this.sessions.update((session) => {
      session.cart = [...(session.cart ?? []), item];
      return { items: session.cart };
    });
  }
}
