export { AppModule as RootModule } from './app.module';
export { setUp } from './set-up';
