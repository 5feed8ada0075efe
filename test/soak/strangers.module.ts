import 'reflect-metadata';
import { Controller, Get, Injectable, Module } from '@nestjs/common';
import { Cors, CorsModule, CorsOriginStore, type CorsOriginQuestion } from 'nestjs-cors';
import { CorsInspectorModule } from 'nestjs-cors/inspector';
import { corsOptions, SoakedModule } from './soaked.module.js';

/** The inspector counts what is refused. */
@Module({ imports: [SoakedModule, CorsInspectorModule.forRoot({ path: 'cors' })] })
export class InspectedModule {}

/** Fewer than strangers ask for between two measurements. */
const MOST_TENANTS = 1000;

@Injectable()
class ShopOrigins extends CorsOriginStore {
  constructor() {
    super({ max: MOST_TENANTS });
  }

  keyOf({ params }: CorsOriginQuestion): string | readonly string[] | undefined {
    return params['shop'];
  }

  async load(shop: string): Promise<readonly string[] | undefined> {
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    return /^shop\d+$/.test(shop) ? [`https://${shop}.shops.example`] : undefined;
  }
}

@Controller('shops/:shop')
@Cors({ origin: { resolver: ShopOrigins } })
class ShopsController {
  @Get() read(): string {
    return 'shop';
  }
}

/** A store of lists whose keys come from the URL. */
@Module({ imports: [CorsModule.forRoot(corsOptions())], controllers: [ShopsController], providers: [ShopOrigins] })
export class ShopsModule {}
