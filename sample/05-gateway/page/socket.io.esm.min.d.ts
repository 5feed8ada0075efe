// The client of socket.io as it comes with its package: the runner serves it beside the page.
export { io } from 'socket.io-client';
