import { registerAs } from '@nestjs/config';
import { type CorsModuleOptions, originList } from 'nestjs-cors';

export const corsConfig = registerAs('cors', (): CorsModuleOptions => ({
  origin: originList(process.env['CORS_ORIGINS']),
  policies: {
    public: { origin: '*' },
    pingback: {
      allowedHeaders: ['X-PINGOTHER', 'Content-Type'],
      maxAge: Number(process.env['CORS_MAX_AGE'] ?? 86400),
    },
    members: {
      origin: originList(process.env['CORS_MEMBER_ORIGINS'], { optional: true }),
      credentials: true,
    },
  },
}));
