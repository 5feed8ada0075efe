/**
 * The request headers that do not come from the page: a browser adds them to its requests, or a proxy to those that it
 * forwards. They do not show that a preflight announced the request.
 *
 * A page can set some of them too, after a preflight. Ignoring these does not help a page: it could have sent the request
 * without the header and without a preflight, as a form does. This list must not contain a header that a handler may take as
 * proof that the request was announced, such as `X-Requested-With`, `Authorization` and `X-CSRF-Token`; nor a header that
 * chooses where the request goes or what it does, with which a page could steer it to another handler:
 * `X-HTTP-Method-Override`, `X-Original-URL`, `X-Forwarded-Prefix`. Those that name a host are the exception, as every proxy
 * adds them: a page can only send them where a policy lists them by name.
 */
const UNANNOUNCED: ReadonlySet<string> = new Set(
  [
    // The connection and the message. No page can set them.
    'host connection keep-alive content-length transfer-encoding te trailer upgrade expect',
    'http2-settings date',
    // The browser itself. No page can set these either, except `user-agent`, which is always there.
    'accept-encoding accept-charset user-agent origin referer cookie cookie2 dnt',
    'access-control-request-method access-control-request-headers access-control-request-private-network',
    'upgrade-insecure-requests priority service-worker service-worker-navigation-preload purpose',
    'x-purpose x-moz ping-from ping-to intervention',
    // Client hints of before `Sec-CH-`, and the wish to save data.
    'save-data device-memory dpr viewport-width width downlink ect rtt',
    // A reload, the browser's cache, a download that is taken up again, and an EventSource that connects again. `If-Match` and
    // `If-Unmodified-Since` are not sent on their own: they are a page's.
    'cache-control pragma if-none-match if-modified-since if-range last-event-id',
    // Proxies: the client behind them, and the original request.
    'via forwarded max-forwards x-forwarded-for x-forwarded-host x-forwarded-port',
    'x-forwarded-proto x-forwarded-protocol x-forwarded-scheme x-forwarded-ssl x-forwarded-server',
    'x-forwarded-by x-forwarded-client-cert x-original-forwarded-for x-original-host x-original-proto',
    'x-real-ip x-real-port x-client-ip x-cluster-client-ip client-ip true-client-ip x-scheme',
    'x-proxyuser-ip front-end-https x-url-scheme ssl-client-verify ssl-client-subject-dn',
    'x-request-start x-queue-start x-varnish surrogate-capability cdn-loop cdn-requestid',
    // The trace that a request belongs to: gateways and service meshes begin one where there is none.
    'traceparent tracestate baggage b3 uber-trace-id x-request-id x-correlation-id x-trace-id',
    'x-amzn-trace-id x-cloud-trace-context grpc-trace-bin x-ot-span-context x-client-trace-id',
    // Clouds: Amazon CloudFront, Heroku, Render, Azure App Service, Akamai.
    'x-amz-cf-id x-amzn-tls-version x-amzn-tls-cipher-suite connect-time total-route-time rndr-id',
    'disguised-host was-default-hostname x-site-deployment-id x-appservice-proto',
    'x-arr-ssl x-arr-log-id x-fd-healthprobe x-fd-clientip x-fd-socketip x-edgeconnect-midmile-rtt',
    'x-edgeconnect-origin-mex-latency x-akamai-config-log-detail x-akamai-edgescape',
  ].flatMap((names) => names.split(' ')),
);

/**
 * Beginnings of names. Those of HTTP/2's pseudo-headers, and of what no page can set (`sec-`, `proxy-`); then those in which
 * one operator adds what he knows of the client.
 */
const UNANNOUNCED_PREFIXES: readonly string[] = [
  ': sec- proxy-',
  'cf- cloudfront- fastly- fly- x-b3- x-envoy- x-vercel- x-nf- x-appengine- x-azure-',
].flatMap((names) => names.split(' '));

/** @param name - in lower case. */
export function isUnannouncedHeader(name: string): boolean {
  return UNANNOUNCED.has(name) || UNANNOUNCED_PREFIXES.some((prefix) => name.startsWith(prefix));
}
