import { Transform } from 'class-transformer';
import { IsString, Length } from 'class-validator';

export class CartItemDto {
  @IsString()
  @Length(1, 80, { message: 'Name the item: 1 to 80 characters.' })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() : value))
  readonly item: string = '';
}
