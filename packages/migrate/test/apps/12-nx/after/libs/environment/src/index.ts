export const environment = {
  production: false,
  cors: { origins: ['http://localhost:4200', 'https://app.example.com'] },
};
