import { IsIn, IsString, Length } from 'class-validator';

export const PREFERENCES = ['theme', 'language'] as const;

export type PreferenceName = (typeof PREFERENCES)[number];

export class PreferenceParams {
  @IsIn(PREFERENCES)
  readonly name: PreferenceName = 'theme';
}

export class PreferenceDto {
  @IsString()
  @Length(1, 40, { message: 'Give a value: 1 to 40 characters.' })
  readonly value: string = '';
}
