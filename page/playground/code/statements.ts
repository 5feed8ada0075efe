/** What people write beside the module and the controllers, and what stands for it here. */
const SENTENCES: ReadonlyMap<string | undefined, string> = new Map([
  ['enableCors', 'app.enableCors() is what nestjs-cors replaces: write its options into CorsModule.forRoot({ … })'],
  ['enableVersioning', "Versions are not known here: write the version into the path, as in @Controller('v1/cats')"],
  ['setGlobalPrefix', "A global prefix is not known here: write it into the paths, as in @Controller('api/cats')"],
]);

/** Why the statement that begins here is not read, and what to write instead. */
export function sentenceFor(text: string): string {
  const method = /^(?:await\s+)?[\w$]+\s*\.\s*([\w$]+)/.exec(text)?.[1];
  return (
    SENTENCES.get(method) ??
    'Only CorsModule.forRoot({ … }), constants, and classes with their decorators are read here'
  );
}
