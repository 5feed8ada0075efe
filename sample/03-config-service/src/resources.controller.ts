import { Body, Controller, Get, Header, Headers, HttpCode, Post, Res } from '@nestjs/common';
import { Cors } from 'nestjs-cors';

/** The handlers of the quick start. Which policy is whose stands here; what a policy says comes from the environment. */
@Controller('resources')
export class ResourcesController {
  @Cors('public')
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

  @Cors('pingback')
  @Post('post-here')
  @HttpCode(200)
  @Header('Content-Type', 'text/plain; charset=utf-8')
  postHere(@Headers('x-pingother') ping: string, @Body() xml: string): string {
    return `${ping} from ${/<name>(.*)<\/name>/.exec(xml)?.[1] ?? 'nobody'}`;
  }

  @Cors('members')
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
