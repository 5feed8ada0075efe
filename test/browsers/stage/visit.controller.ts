import { Controller, Get, Header, Res } from '@nestjs/common';
import { PAGE_HTML, PAGE_SCRIPT } from './page-files.js';

interface Answering {
  header(name: string, value: string | string[]): unknown;
}

/** The API's own page, and a visit to it that leaves cookies of every kind. */
@Controller()
export class VisitController {
  @Get('page')
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return PAGE_HTML;
  }

  @Get('scenario-runner.js')
  @Header('Content-Type', 'text/javascript; charset=utf-8')
  script(): string {
    return PAGE_SCRIPT;
  }

  @Get('visit')
  @Header('Content-Type', 'text/html; charset=utf-8')
  visit(@Res({ passthrough: true }) response: Answering): string {
    response.header('Set-Cookie', [...VISIT_COOKIES]);
    return PAGE_HTML;
  }
}

export const VISIT_COOKIES: readonly string[] = [
  'strict=1; Path=/; SameSite=Strict',
  'lax=1; Path=/; SameSite=Lax',
  'none=1; Path=/; SameSite=None; Secure',
  'plain=1; Path=/',
];
