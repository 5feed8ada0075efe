/**
 * The document of the page, without content. Its files have relative URLs, so that it works under any prefix, and behind a
 * proxy that adds one.
 *
 * @param folder - the last segment of its own path.
 */
export function pageDocument(folder: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="robots" content="noindex">
    <title>CORS inspector</title>
    <link rel="icon" href="${folder}/inspector.svg" type="image/svg+xml">
    <link rel="stylesheet" href="${folder}/inspector.css">
    <script type="module" src="${folder}/inspector.js"></script>
  </head>
  <body>
    <noscript><p>The inspector needs JavaScript.</p></noscript>
  </body>
</html>
`;
}

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 5h12M10 2l3 3-3 3M15 11H3M6 8l-3 3 3 3" fill="none" stroke="#2a8a70" stroke-width="1.8"/></svg>`;

/** No foreign or inline content, no framing, and no text that becomes code. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'X-Frame-Options': 'DENY',
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'X-Robots-Tag': 'noindex',
};
