export interface CorsConfig {
  origin: string[];
  credentials: boolean;
}

export default () => ({
  port: 3000,
  cors: {
    origin: ['https://app.example.com'],
    credentials: true,
  },
});
