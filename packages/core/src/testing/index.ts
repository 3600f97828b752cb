export { type Ordered, ordered } from "./ordered.ts";
export { VirtualHost } from "./virtual-host.ts";
