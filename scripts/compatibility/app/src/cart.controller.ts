import { Controller, Get, Param, Post } from '@nestjs/common';
import { Public, Session } from 'nestjs-sesame';

@Public()
@Controller('cart')
export class CartController {
  @Get()
  read(@Session('cart') items: string[] = []): string[] {
    return items;
  }

  @Post(':item')
  add(@Session() session: Session, @Param('item') item: string): string[] {
    session.cart = [...(session.cart ?? []), item];
    return session.cart;
  }
}
