import { Body, Controller, Get, Header, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

/** The resources of MDN's article on CORS. */
@Controller('resources')
export class ResourcesController {
  @Cors({ origin: '*' })
  @Get('public-data')
  @Header('Content-Type', 'application/xml')
  publicData(): string {
    return '<?xml version="1.0"?><people><person><name>Arun</name></person></people>';
  }

  @Get('restricted-data')
  @Header('Content-Type', 'application/xml')
  restrictedData(): string {
    return '<?xml version="1.0"?><people><person><name>Arun</name><phone>5550100</phone></person></people>';
  }

  @Cors({ allowedHeaders: ['X-PINGOTHER', 'Content-Type'], maxAge: 86400 })
  @Post('post-here')
  @HttpCode(200)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  postHere(@Headers('x-pingother') ping: string, @Body() xml: string): string {
    return `${ping} from ${/<name>(.*)<\/name>/.exec(xml)?.[1] ?? 'nobody'}`;
  }

  @Cors({ credentials: true })
  @Get('credentialed-content')
  @Header('Content-Type', 'text/plain; charset=utf-8')
  credentialedContent(@Headers('cookie') cookie = '', @Res({ passthrough: true }) response: Settable): string {
    const visits = 1 + Number(/\bpageAccess=(\d+)/.exec(cookie)?.[1] ?? 0);
    response.header('Set-Cookie', `pageAccess=${visits}; Path=/; Max-Age=3600; SameSite=Lax`);
    return `You have been here ${visits} times.`;
  }

  @Cors(false)
  @Get('internal-data')
  internalData(): string {
    return 'For the servers behind the API.';
  }
}

/** What the responses of Express and Fastify have in common. */
interface Settable {
  header(name: string, value: string): unknown;
}
