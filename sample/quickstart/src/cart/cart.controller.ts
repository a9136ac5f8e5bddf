import { Body, Controller, Delete, Get, Post, Query } from '@nestjs/common';
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

  /** Takes an item out, or one of those of that name. In the query, since an item may be "..". */
  @Delete()
  remove(@Query() { item }: CartItemDto): Promise<Cart> {
    return this.sessions.update((session) => {
      const items = session.cart ?? [];
      const index = items.indexOf(item);
      if (index === -1) return { items }; // Removed meanwhile, which is what was asked for.
      session.cart = items.toSpliced(index, 1);
      return { items: session.cart };
    });
  }
}
