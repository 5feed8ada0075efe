import { Inject, Injectable } from '@nestjs/common';
import type { CorsOriginResolver } from 'nestjs-cors';
import type { PageName } from '../scenarios/page-name.js';

/** The origin of every page that has one and does not belong to an app. */
export type OriginsOfPages = Readonly<Record<Exclude<PageName, 'api' | 'sandboxed' | 'data'>, string>>;

export const ORIGINS_OF_PAGES = Symbol('origins of the pages');

/** Origins out of a provider: those of `tenant` and `other-port`. */
@Injectable()
export class PageOrigins implements CorsOriginResolver {
  constructor(@Inject(ORIGINS_OF_PAGES) private readonly at: OriginsOfPages) {}

  async allowsOrigin(origin: string): Promise<boolean> {
    return origin === this.at.tenant || origin === this.at['other-port'];
  }
}
