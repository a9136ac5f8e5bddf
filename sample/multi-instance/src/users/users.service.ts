import { Injectable } from '@nestjs/common';
import { compare } from 'bcryptjs';

/** Stands for the users' table. The passwords behind the hashes are `lovelace` and `hopper`. */
const PASSWORD_HASHES: ReadonlyMap<string, string> = new Map([
  ['ada', '$2b$10$2V8LSsz90tFS/V3EaiefEOnefx2hz3VRVy0.onIunxI.IGsVmfx0S'],
  ['grace', '$2b$10$2lYVuf7QGzYOk3T1IFzBke3cJadeFkObukdqGsK.IZW/Oz5U1Xwhi'],
]);

// Nobody's password. Comparing with it makes an unknown name take as long as a known one, so that
// the time of an answer does not tell which names exist.
const NOBODYS_HASH = '$2b$10$aBrVYi6hoGnNReunaK9Fs.FbOSQ4UWcmi5PPQK/kmM9GfMuFM7eNi';

@Injectable()
export class UsersService {
  async hasPassword(username: string, password: string): Promise<boolean> {
    const hash = PASSWORD_HASHES.get(username);
    const isMatch = await compare(password, hash ?? NOBODYS_HASH);
    return isMatch && hash !== undefined;
  }
}
